import type { Label } from '../definition';

/** What people call the roles of the policy. */
export const roleNames: Readonly<Record<string, Label>> = {
  representative: { zh: '代表', en: 'representative' },
  'response-centre': { zh: '民呼回应中心', en: 'response centre' },
  department: { zh: '部门', en: 'department' },
  'congress-office': { zh: '人大办', en: 'congress office' },
  leader: { zh: '领导', en: 'leader' },
  auditor: { zh: '审计', en: 'auditor' },
  administrator: { zh: '管理员', en: 'administrator' },
  'discipline-inspection': { zh: '纪检监察', en: 'discipline inspection' },
};
