/** Which chain the rules of a lab are looked at from. */
import type { Rule } from '../model/rule.js';

/**
 * Docker looks at DOCKER-USER before its own rules and never flushes it; without Docker's rules FORWARD itself is the place.
 * `told`: dockerd's flag for the rule's family, if the lab sets it.
 */
export function forwardParent(rule: Pick<Rule, 'table' | 'hook' | 'family'>, docker: boolean, told: string | undefined): string {
  // Before Docker 27 rules for IPv6 come on request only.
  const writes = docker && (rule.family === 6 ? told === 'true' : told !== 'false');
  return rule.table === 'filter' && rule.hook === 'forward' && writes ? 'DOCKER-USER' : rule.hook.toUpperCase();
}
