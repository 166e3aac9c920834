//! Characters that made-up names are drawn from.
//!
//! Never a list of people.

/// The commonest surnames.
pub(super) const SURNAMES: &str = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文";

/// Common characters of given names.
pub(super) const GIVEN: &str = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀兰霞平刚桂英华玉萍红建国文斌辉海燕春梅志永凤云飞鹏波宁晶瑞雪琳浩宇欣怡佳慧亮峰岩松柏林森田禾谷雨晨阳光荣德福贵安康泰和顺";
