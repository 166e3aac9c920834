import divisions from '../../../../server/data/divisions.csv?raw';

export interface Region {
  readonly code: string;
  readonly name: string;
  readonly level: string;
  readonly parent: string;
}

/** The divisions the server knows, from its own file: names are no secret and need no request. */
const regions: readonly Region[] = divisions
  .trim()
  .split('\n')
  .slice(1)
  .map((line) => {
    const [code = '', name = '', level = '', parent = ''] = line.trim().split(',');
    return { code, name, level, parent };
  });
const byCode = new Map(regions.map((region) => [region.code, region]));

/** Two districts have one name: the unit above is named, too. */
export function regionName(code: string): string {
  const region = byCode.get(code);
  const above = region && byCode.get(region.parent);
  if (!region) return code;
  return above && region.level !== 'city' ? `${above.name} ${region.name}` : region.name;
}

export function shortName(code: string): string {
  return byCode.get(code)?.name ?? code;
}

/** What one may choose below a region: cities and counties, with their depth. */
export function choices(roots: readonly string[]): { region: Region; depth: number }[] {
  const below = (parent: Region, depth: number): { region: Region; depth: number }[] => [
    { region: parent, depth },
    ...(parent.level === 'county'
      ? []
      : regions.filter((each) => each.parent === parent.code).flatMap((each) => below(each, depth + 1))),
  ];
  return roots.flatMap((code) => {
    const root = byCode.get(code);
    return root ? below(root, 0) : [];
  });
}

/** Whether a region is a root or below it: codes name their way down, zeros name nothing. */
export function within(root: string, code: string): boolean {
  const way = root.length > 6 ? root : root.replace(/(00)+$/, '');
  return code.startsWith(way);
}
