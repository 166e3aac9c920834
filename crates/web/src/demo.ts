import type { Label } from './definition';

/** The demo's role switch: accounts that came with the demo's address, kept as long as the tab. Without them there is no switch. */

const KEY = 'liandu-demo';
const NAMES: Readonly<Record<string, Label>> = {
  province: { zh: '省人大办', en: 'Province: congress office' },
  leader: { zh: '省级领导', en: 'Province: leader' },
  admin: { zh: '系统管理员', en: 'Administrator' },
  'taocheng-office': { zh: '桃城区人大办', en: 'Taocheng: congress office' },
  'taocheng-unit': { zh: '桃城区政府部门', en: 'Taocheng: department' },
  'hanshan-centre': { zh: '邯山区民呼回应中心', en: 'Hanshan: response centre' },
  'hanshan-unit': { zh: '邯山区政府部门', en: 'Hanshan: department' },
  'hanshan-helper': { zh: '邯山区协办部门', en: 'Hanshan: co-department' },
  'hanshan-office': { zh: '邯山区人大办', en: 'Hanshan: congress office' },
  'zhengding-office': { zh: '正定县人大办', en: 'Zhengding: congress office' },
  'zhengding-unit': { zh: '正定县政府部门', en: 'Zhengding: department' },
  'qiaodong-office': { zh: '桥东区人大办', en: 'Qiaodong: congress office' },
  'qiaodong-unit': { zh: '桥东区政府部门', en: 'Qiaodong: department' },
};

export interface Seat {
  readonly user: string;
  readonly password: string;
  readonly name: Label;
}

/** What stands behind `#` of the demo's address: `user:password,…`. */
export function seatsOf(text: string): Seat[] {
  return text.split(',').flatMap((part) => {
    const [user, password] = part.split(':');
    return user && password ? [{ user, password, name: NAMES[user] ?? { zh: user, en: user } }] : [];
  });
}

export const seats = (): Seat[] => seatsOf(sessionStorage.getItem(KEY) ?? '');

export function keep(text: string): Seat[] {
  sessionStorage.setItem(KEY, text);
  return seats();
}
