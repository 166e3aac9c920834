import { api, type Schemas } from '../api/client';
import { named } from './language.svelte';
import { within } from './regions.svelte';
import type { FlagRule, PolicyRule, Workflow } from '../acts';

/** The tables of who may do what, and the units problems go to: read once after signing in. */

const known = $state<{ flows: Workflow[]; flags: FlagRule[]; policy: PolicyRule[]; units: Schemas['UnitJson'][] }>({ flows: [], flags: [], policy: [], units: [] });

export async function readRules(): Promise<void> {
  const [flows, policy, units] = await Promise.all([api.workflow(), api.policy(), api.units()]);
  known.flows = flows.workflows;
  known.flags = flows.flags;
  known.policy = policy;
  known.units = units;
}

export const rules = {
  get policy(): readonly PolicyRule[] {
    return known.policy;
  },
  flow: (kind: string): Workflow | undefined => known.flows.find((flow) => flow.kind === kind),
  get flags(): readonly FlagRule[] {
    return known.flags;
  },
  /** What is open beside a record's state, the most urgent first. */
  flagsOf: (words: readonly string[]): readonly FlagRule[] => known.flags.filter(({ id }) => words.includes(id)),
  /** The units that problems are handed to. */
  units: (): readonly Schemas['UnitJson'][] => known.units.filter(({ discipline }) => !discipline),
  /** The discipline inspections that an office of a region can refer to. */
  disciplines: (office: string): readonly Schemas['UnitJson'][] => known.units.filter(({ discipline, region }) => discipline && within(region, office)),
};

/** What people call a state. */
export function stateName(kind: string, state: string): string {
  const found = rules.flow(kind)?.states.find(({ id }) => id === state);
  return named(found?.label, state);
}

/** What people call a unit. */
export function unitName(unit: string): string {
  const found = known.units.find((each) => each.unit === unit);
  return found?.names[0] ?? unit;
}
