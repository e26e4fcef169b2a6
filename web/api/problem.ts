/** What can go wrong between the page and the API, as errors that carry words for a person. */
import type { Problem, ProblemCode } from '../../api/contract/index.ts';
import { textForPeople } from '../words/remedy.ts';

/** The API answered with a problem (RFC 9457). */
export class ApiProblem extends Error {
  readonly status: number;
  readonly code: string;
  readonly title: string;
  readonly detail: string;
  readonly remedy: string | undefined;
  readonly errors: NonNullable<Problem['errors']>;

  constructor(
    problem: Pick<Problem, 'status' | 'title' | 'detail' | 'remedy' | 'errors'> & { code: string },
  ) {
    super(problem.title);
    this.name = 'ApiProblem';
    this.status = problem.status;
    this.code = problem.code;
    this.title = problem.title;
    this.detail = problem.detail;
    this.remedy = problem.remedy;
    this.errors = problem.errors ?? [];
  }
}

/** No answer came at all: the network or the server is away. */
export class UnreachableError extends Error {
  constructor(cause: unknown) {
    super('Harmony could not be reached.', { cause });
    this.name = 'UnreachableError';
  }
}

export interface ProblemWords {
  readonly title: string;
  /** What happened and what to do, in full sentences. */
  readonly text: string;
}

/** Any thrown thing in words for a person. */
export function describeProblem(error: unknown): ProblemWords {
  if (error instanceof ApiProblem) return { title: error.title, text: textForPeople(error) };
  if (error instanceof UnreachableError)
    return {
      title: 'Harmony could not be reached',
      text: 'Check your connection and try again in a moment. Nothing that you entered is lost.',
    };
  return {
    title: 'Something went wrong on this page',
    text: 'Reload the page. If it happens again, tell the people who run Harmony.',
  };
}

export const isStatus = (error: unknown, status: number): boolean =>
  error instanceof ApiProblem && error.status === status;

export const hasCode = (error: unknown, code: ProblemCode): boolean =>
  error instanceof ApiProblem && error.code === code;
