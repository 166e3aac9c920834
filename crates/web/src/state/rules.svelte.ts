import { api, type Schemas } from '../api/client';
import type { PolicyRule, Workflow } from '../acts';

/** The tables of who may do what, and the units problems go to: read once after signing in. */

const known = $state<{ flows: Workflow[]; policy: PolicyRule[]; units: Schemas['UnitJson'][] }>({ flows: [], policy: [], units: [] });

export async function readRules(): Promise<void> {
  const [flows, policy, units] = await Promise.all([api.workflow(), api.policy(), api.units()]);
  known.flows = flows.workflows;
  known.policy = policy;
  known.units = units;
}

export const rules = {
  get policy(): readonly PolicyRule[] {
    return known.policy;
  },
  flow: (kind: string): Workflow | undefined => known.flows.find((flow) => flow.kind === kind),
  units: (): readonly Schemas['UnitJson'][] => known.units,
};

/** What people call a unit. */
export function unitName(unit: string): string {
  const found = known.units.find((each) => each.unit === unit);
  return found?.names[0] ?? unit;
}
