//! Who works in the demo: office accounts, and the devices that fill it.
//!
//! Never a real person: representatives are those of the made-up roster, offices are called by
//! their function.

/// A hand that writes: one device each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Hand {
    /// 邯山区民呼回应中心.
    HanshanCentre,
    /// 邯山区政府部门.
    HanshanUnit,
    /// 邯山区人大办.
    HanshanOffice,
    /// 迁西县 leaders of the groups for 资源能源, 房地产, 矿山, 地下水.
    QianxiResources,
    /// The same.
    QianxiRealestate,
    /// The same.
    QianxiMining,
    /// The same.
    QianxiGroundwater,
    /// 桃城区 a representative.
    TaochengDeputy,
    /// 桃城区人大办.
    TaochengOffice,
    /// 桃城区政府部门.
    TaochengUnit,
    /// 正定县人大办.
    ZhengdingOffice,
    /// The phone .demo/phone-1.
    WangFang,
    /// The phone .demo/phone-2.
    LiQiang,
    /// 桥东区(张家口)人大办.
    QiaodongOffice,
    /// 桥东区(张家口)政府部门.
    QiaodongUnit,
}

/// Whose device a hand has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Owner {
    /// The person of an account.
    Account(&'static str),
    /// The n-th member of a group of the roster, from 0.
    Member(&'static str, usize),
}

impl Hand {
    /// Every hand.
    pub const ALL: [Hand; 15] = [
        Hand::HanshanCentre,
        Hand::HanshanUnit,
        Hand::HanshanOffice,
        Hand::QianxiResources,
        Hand::QianxiRealestate,
        Hand::QianxiMining,
        Hand::QianxiGroundwater,
        Hand::TaochengDeputy,
        Hand::TaochengOffice,
        Hand::TaochengUnit,
        Hand::ZhengdingOffice,
        Hand::WangFang,
        Hand::LiQiang,
        Hand::QiaodongOffice,
        Hand::QiaodongUnit,
    ];

    /// Whose.
    pub fn owner(self) -> Owner {
        match self {
            Hand::HanshanCentre => Owner::Account("hanshan-centre"),
            Hand::HanshanUnit => Owner::Account("hanshan-unit"),
            Hand::HanshanOffice => Owner::Account("hanshan-office"),
            Hand::QianxiResources => Owner::Member("g-130227-03", 0),
            Hand::QianxiRealestate => Owner::Member("g-130227-04", 0),
            Hand::QianxiMining => Owner::Member("g-130227-05", 0),
            Hand::QianxiGroundwater => Owner::Member("g-130227-06", 0),
            Hand::TaochengDeputy => Owner::Member("g-131102-04", 0),
            Hand::TaochengOffice => Owner::Account("taocheng-office"),
            Hand::TaochengUnit => Owner::Account("taocheng-unit"),
            Hand::ZhengdingOffice => Owner::Account("zhengding-office"),
            Hand::WangFang => Owner::Member(PHONES_GROUP, 0),
            Hand::LiQiang => Owner::Member(PHONES_GROUP, 1),
            Hand::QiaodongOffice => Owner::Account("qiaodong-office"),
            Hand::QiaodongUnit => Owner::Account("qiaodong-unit"),
        }
    }

    /// The folder under the demo's, for the two phones that stay, with the owner's name.
    pub fn phone(self) -> Option<(&'static str, &'static str)> {
        match self {
            Hand::WangFang => Some(("phone-1", "王芳")),
            Hand::LiQiang => Some(("phone-2", "李强")),
            Hand::HanshanCentre
            | Hand::HanshanUnit
            | Hand::HanshanOffice
            | Hand::QianxiResources
            | Hand::QianxiRealestate
            | Hand::QianxiMining
            | Hand::QianxiGroundwater
            | Hand::TaochengDeputy
            | Hand::TaochengOffice
            | Hand::TaochengUnit
            | Hand::ZhengdingOffice
            | Hand::QiaodongOffice
            | Hand::QiaodongUnit => None,
        }
    }
}

/// The group of both phones.
pub const PHONES_GROUP: &str = "g-130123-01";

/// An office account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Account {
    /// The sign-in name, and the code of its person.
    pub user: &'static str,
    /// What people read.
    pub name: &'static str,
    /// The same in English.
    pub name_en: &'static str,
    /// Home region.
    pub region: &'static str,
    /// Roles as `admin users add` takes them.
    pub roles: &'static [&'static str],
}

/// The account that administers: accounts, devices, definitions, no records.
pub const ADMIN: &str = "admin";
/// The account that sees everything.
pub const PROVINCE: &str = "province";

/// Every account. Departments also audit their county: their devices then follow its records.
pub const ACCOUNTS: [Account; 14] = [
    Account {
        user: PROVINCE,
        name: "省人大办(演示)",
        name_en: "the province's congress office",
        region: "130000",
        roles: &["congress-office:130000"],
    },
    Account {
        user: "leader",
        name: "省级领导(演示)",
        name_en: "a leader of the province",
        region: "130000",
        roles: &["leader:130000"],
    },
    Account {
        user: ADMIN,
        name: "系统管理员(演示)",
        name_en: "the administrator",
        region: "130000",
        roles: &["administrator:130000"],
    },
    Account {
        user: "taocheng-office",
        name: "桃城区人大办(演示)",
        name_en: "Taocheng's congress office",
        region: "131102",
        roles: &["congress-office:131102"],
    },
    Account {
        user: "hanshan-centre",
        name: "邯山区民呼回应中心(演示)",
        name_en: "Hanshan's response centre",
        region: "130402",
        roles: &["response-centre:130402"],
    },
    Account {
        user: "hanshan-unit",
        name: "邯山区政府部门(演示)",
        name_en: "a department of Hanshan",
        region: "130402",
        roles: &["department:130402:u-130402", "auditor:130402"],
    },
    Account {
        user: "hanshan-helper",
        name: "邯山区协办部门(演示)",
        name_en: "a department of Hanshan that helps",
        region: "130402",
        roles: &["department:130402:u-130402-helper", "auditor:130402"],
    },
    Account {
        user: "hanshan-office",
        name: "邯山区人大办(演示)",
        name_en: "Hanshan's congress office",
        region: "130402",
        roles: &["congress-office:130402"],
    },
    Account {
        user: "taocheng-unit",
        name: "桃城区政府部门(演示)",
        name_en: "a department of Taocheng",
        region: "131102",
        roles: &["department:131102:u-131102", "auditor:131102"],
    },
    Account {
        user: "zhengding-office",
        name: "正定县人大办(演示)",
        name_en: "Zhengding's congress office",
        region: "130123",
        roles: &["congress-office:130123"],
    },
    Account {
        user: "zhengding-unit",
        name: "正定县政府部门(演示)",
        name_en: "a department of Zhengding",
        region: "130123",
        roles: &["department:130123:u-130123", "auditor:130123"],
    },
    Account {
        user: "zhengding-discipline",
        name: "正定县纪检监察(演示)",
        name_en: "Zhengding's discipline inspection",
        region: "130123",
        roles: &["discipline-inspection:130123:u-discipline-130123"],
    },
    Account {
        user: "qiaodong-office",
        name: "张家口市桥东区人大办(演示)",
        name_en: "Qiaodong's congress office (Zhangjiakou)",
        region: "130702",
        roles: &["congress-office:130702"],
    },
    Account {
        user: "qiaodong-unit",
        name: "张家口市桥东区政府部门(演示)",
        name_en: "a department of Qiaodong (Zhangjiakou)",
        region: "130702",
        roles: &["department:130702:u-130702", "auditor:130702"],
    },
];
