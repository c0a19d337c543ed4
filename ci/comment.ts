/**
 * Posts a review comment from a CI job, or edits the one that an earlier run of it has posted:
 *
 *     node ci/comment.ts diff.md
 *
 * The environment of the job says where: GitHub Actions, Gitea Actions and Forgejo Actions (GITHUB_API_URL, …_REPOSITORY,
 * …_REF, and the token in AUTOGIT_COMMENT_TOKEN), or GitLab (CI_API_V4_URL, CI_PROJECT_ID, CI_MERGE_REQUEST_IID). Ends with
 * 0 also when the token may not comment, as in a pull request from a fork: the difference is in the log then.
 */
import { readFileSync } from 'node:fs';

interface Comment {
  readonly id: number;
  readonly body: string;
}

/** Where comments of one review are, and how they are written. */
interface Review {
  /** Without a query. */
  readonly comments: string;
  readonly comment: (id: number) => string;
  readonly edit: 'PATCH' | 'PUT';
  readonly headers: Readonly<Record<string, string>>;
}

/** First line of every comment of `autogit diff --format markdown`. */
const marker = '<!-- autogit diff -->';
const pageLength = 100;
const timeoutMs = 30_000;

process.exitCode = await post(process.argv[2], process.env);

async function post(file: string | undefined, env: NodeJS.ProcessEnv): Promise<number> {
  if (file === undefined) return said('name the file with the comment: ci/comment.ts diff.md', 64);
  const body = readFileSync(file, 'utf8');
  const review = reviewOf(env);
  if (review === undefined) return said('this job belongs to no pull request: there is nothing to comment on', 0);
  try {
    return await write(review, body);
  } catch (error) {
    return said(`the forge does not answer: ${(error as Error).message}`, 69);
  }
}

function reviewOf(env: NodeJS.ProcessEnv): Review | undefined {
  const token = env.AUTOGIT_COMMENT_TOKEN ?? '';
  const gitlab = env.CI_API_V4_URL;
  if (gitlab !== undefined) {
    if (env.CI_MERGE_REQUEST_IID === undefined) return undefined;
    const notes = `${gitlab}/projects/${env.CI_PROJECT_ID}/merge_requests/${env.CI_MERGE_REQUEST_IID}/notes`;
    return { comments: notes, comment: (id) => `${notes}/${id}`, edit: 'PUT', headers: { 'private-token': token } };
  }
  const number = /^refs\/pull\/(\d+)\//.exec(env.GITHUB_REF ?? '')?.[1];
  if (env.GITHUB_API_URL === undefined || number === undefined) return undefined;
  const issues = `${env.GITHUB_API_URL}/repos/${env.GITHUB_REPOSITORY}/issues`;
  return {
    comments: `${issues}/${number}/comments`,
    comment: (id) => `${issues}/comments/${id}`,
    edit: 'PATCH',
    headers: { authorization: `token ${token}` },
  };
}

/** Nothing is posted where nothing is different and nothing was said before. */
async function write(review: Review, body: string): Promise<number> {
  const before = await find(review);
  if (before?.body.trim() === body.trim()) return said('the comment is up to date', 0);
  if (before === undefined && !body.includes('\n|') && !body.includes('<details>'))
    return said('no difference: no comment', 0);
  if (before !== undefined) {
    const edited = await call(review, review.comment(before.id), review.edit, body);
    if (edited.ok) return said('the comment was edited', 0);
  }
  const posted = await call(review, review.comments, 'POST', body);
  if (posted.ok) return said('the comment was posted', 0);
  if (posted.status === 401 || posted.status === 403) {
    process.stdout.write(body);
    return said(`the token of this job may not comment (${posted.status}); the difference is above`, 0);
  }
  return said(`the forge refused the comment: ${posted.status} ${(await posted.text()).slice(0, 200)}`, 1);
}

/** The comment of an earlier run. A forge that gives all comments at once gives the same page again. */
async function find(review: Review): Promise<Comment | undefined> {
  let seen = -1;
  for (let page = 1; page <= 50; page++) {
    const answer = await call(
      review,
      `${review.comments}?per_page=${pageLength}&limit=${pageLength}&page=${page}`,
      'GET',
    );
    if (!answer.ok) return undefined;
    const comments = (await answer.json()) as readonly Comment[];
    const own = comments.find(({ body }) => body.startsWith(marker));
    if (own !== undefined || comments.length < pageLength || comments[0]?.id === seen) return own;
    seen = comments[0]?.id ?? -1;
  }
  return undefined;
}

function call(review: Review, url: string, method: string, body?: string): Promise<Response> {
  const headers = { ...review.headers, accept: 'application/json', 'content-type': 'application/json' };
  const signal = AbortSignal.timeout(timeoutMs);
  return fetch(url, { method, headers, signal, ...(body === undefined ? {} : { body: JSON.stringify({ body }) }) });
}

function said(sentence: string, code: number): number {
  process.stderr.write(`${sentence}\n`);
  return code;
}
