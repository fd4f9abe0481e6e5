/** What is wrong with stages as such: one is named twice, changes nothing, takes away what is not there, or Docker. */
import { isSame, isTree, merge, type Tree } from '../model/merge.js';
import { suggest } from '../model/nearest.js';
import { dotted, type Path, type Problem } from '../model/problem.js';
import { stageList } from '../source/lab-source.js';
import type { ParsedFile } from '../source/parse.js';

/** Of the file alone: what `--set` makes the same is meant. */
export function stageProblems(parsed: ParsedFile): readonly Problem[] {
  const problems: Problem[] = [];
  const report = (severity: Problem['severity'], code: string, path: Path, message: string, hint: string, key = false): void => {
    const found = parsed.locate(path, key);
    problems.push({ code, severity, ...found, path: dotted(found.path), message, hint });
  };
  const { stages: _stages, ...base } = parsed.value;
  const names = new Set<string>();
  let first: { readonly name: string; readonly docker: ReadonlyMap<string, boolean> } | undefined;
  let before: { readonly name: string; readonly lab: Tree } | undefined;
  for (const { name, overlay, index } of stageList(parsed.value)) {
    const at = ['stages', index, 'name'];
    const lab = merge(base, overlay);
    const told = problems.length;
    if (names.has(name)) report('error', 'LG100', at, `the stage "${name}" is there already`, 'Give each stage a name of its own.');
    names.add(name);
    for (const { path, legal } of missing(base, overlay, [])) {
      const wrong = String(path.at(-1));
      report('error', 'LG040', ['stages', index, ...path], `there is no "${wrong}" that the stage could take away`, `${suggest(wrong, legal, 'key')} An empty value takes away; what is new and has no settings is written {}.`, true);
    }
    if (problems.length > told) continue;
    const docker = withDocker(lab);
    first ??= { name, docker };
    const { docker: had } = first;
    const switched = [...docker].find(([node, has]) => had.has(node) && had.get(node) !== has);
    if (switched) {
      const [node, has] = switched;
      const [having, lacking] = has ? [name, first.name] : [first.name, name];
      report('error', 'LG102', has || !parsed.has(['stages', index, 'nodes', node, 'docker']) ? at : ['stages', index, 'nodes', node, 'docker'], `"${node}" has Docker in the stage "${having}", and none in "${lacking}"`, 'A running lab goes from any stage to any other, and nothing takes away what dockerd leaves on a node: rules, forwarding, docker0. Let it have Docker in all stages, or give those without another node.');
    }
    if (before && isSame(lab, before.lab)) report('warning', 'LG182', at, `the stage "${name}" is the same as "${before.name}" before it`, 'Each stage is the lab with its own changes: say what is different here, or leave the stage out.');
    else if (Object.keys(overlay).length > 0 && isSame(lab, base)) report('warning', 'LG182', at, `the stage "${name}" says only what the lab says already`, 'Each stage is the lab with its own changes: take away what is the same.');
    before = { name, lab };
  }
  return problems;
}

/** Each node or group as written, and whether it has Docker. */
function withDocker(lab: Tree): ReadonlyMap<string, boolean> {
  const defaults = isTree(lab['defaults']) && isTree(lab['defaults']['nodes']) ? lab['defaults']['nodes']['docker'] : undefined;
  return new Map(Object.entries(isTree(lab['nodes']) ? lab['nodes'] : {}).map(([name, node]) => [name, ((isTree(node) ? node['docker'] : undefined) ?? defaults) !== false]));
}

/** Keys an overlay empties that the lab does not have, in maps that it has; with the keys that are there. */
function missing(base: Tree, overlay: Tree, path: Path): readonly { readonly path: Path; readonly legal: readonly string[] }[] {
  return Object.entries(overlay).flatMap(([key, value]) => {
    const at = [...path, key];
    if (value === null) return Object.hasOwn(base, key) ? [] : [{ path: at, legal: Object.keys(base) }];
    const old = Object.hasOwn(base, key) ? base[key] : undefined;
    return isTree(value) && isTree(old) ? missing(old, value, at) : [];
  });
}
