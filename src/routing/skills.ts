import type { Weight } from '../inbox/tickets/capacity';
import { DomainError } from '../platform/errors';
import type { SkillLevels } from './work';

const SKILL = /^[\p{L}\p{N}][\p{L}\p{N} :_.-]{0,59}$/u; // neither | nor =, which spell lanes
const WORK_TYPE = /^[a-z][a-z0-9_]{0,29}$/;
const MOST = 100;

type Problem = { path: string; problem: string };

function refuseThese(problems: readonly Problem[]): void {
  if (problems.length === 0) return;
  const names = problems.map(({ path }) => path).join(', ');
  throw new DomainError('validation_failed', `Please correct: ${names}.`, { fields: problems });
}

/** @throws DomainError `validation_failed` on `<path>.<skill>` */
export function mustBeSkills(skills: SkillLevels, path: string): void {
  const entries = Object.entries(skills as Record<string, unknown>);
  const problems = entries.flatMap(([skill, level]): Problem[] => {
    if (!SKILL.test(skill))
      return [{ path: `${path}.${skill}`, problem: 'must be a name, such as refunds or lang:fa' }];
    const known = typeof level === 'number' && Number.isInteger(level) && level >= 1 && level <= 5;
    return known
      ? []
      : [{ path: `${path}.${skill}`, problem: 'must be a level from 1 (gets by) to 5 (knows it best)' }];
  });
  if (entries.length > MOST) problems.push({ path, problem: `must name at most ${MOST} skills` });
  refuseThese(problems);
}

/** @throws DomainError `validation_failed` on `weights.<type of work>` */
export function mustBeWeights(weights: Readonly<Record<string, Weight>>): void {
  const problems = Object.entries(weights as Record<string, unknown>).flatMap(([workType, weight]): Problem[] => {
    const path = `weights.${workType}`;
    if (!WORK_TYPE.test(workType)) return [{ path, problem: 'must be a type of work, such as dm, comment, call' }];
    const known = weight === 'all' || (typeof weight === 'number' && weight >= 0.05 && weight <= 100);
    return known ? [] : [{ path, problem: 'must be a number from 0.05 to 100, or all' }];
  });
  refuseThese(problems);
}
