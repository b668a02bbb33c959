import type { RowProblem } from "./imports.ts";

const RANK = { error: 0, warning: 1, info: 2 };
const OFTEN = 3;
const N_FIRST_OF_A_KIND = 3;

/** What is said alike of several rows, in the order in which it is first said. */
export interface Alike {
  first: RowProblem;
  n: number;
}

export function alike(problems: readonly RowProblem[]): Alike[] {
  const found = new Map<string, Alike>();
  for (const problem of problems) {
    const key = [problem.severity, problem.code, problem.column, problem.message].join("\n");
    const same = found.get(key);
    if (same) same.n++;
    else found.set(key, { first: problem, n: 1 });
  }
  return [...found.values()];
}

/** Errors, warnings, then a few notes of every kind; the other notes of a kind come last, and none is left out. */
export function inOrder(problems: readonly RowProblem[]): RowProblem[] {
  const n_of_a_kind = new Map<string, number>();
  const ranked = problems.map((problem) => {
    const n = (n_of_a_kind.get(problem.code) ?? 0) + 1;
    n_of_a_kind.set(problem.code, n);
    const isOften = problem.severity === "info" && n > N_FIRST_OF_A_KIND;
    return { problem, rank: isOften ? OFTEN : RANK[problem.severity] };
  });
  return ranked.sort((a, b) => a.rank - b.rank).map(({ problem }) => problem);
}
