import type { IncomingMessage, ServerResponse } from 'node:http';
import { text as readText } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ApiAnswer } from './api';
import { answerControl } from './control';
import { RequestRefused } from './errors';
import { refusalOf, type RequestEffect } from './faults';
import type { JournalEntry } from './journal';
import type { Org } from './org';
import { contactListPage, contactPage } from './page';
import { answerCall, apiVersions, parseDataPath, refusalsAsAnswers } from './rest';

const MAX_URI_BYTES = 16_384;
const HAS_BODY = new Set(['POST', 'PATCH', 'PUT']);

interface Answer extends ApiAnswer {
  /** Text sent as it is, with its own content type, instead of JSON. */
  text?: { type: string; content: string };
}

/** One HTTP request and its answer: page, control plane, or a call that faults, limits and the journal see. */
export class Exchange {
  private readonly method: string;
  private readonly path: string;
  private readonly query: URLSearchParams;
  private readonly rawQuery: string;

  constructor(
    private readonly org: Org,
    private readonly request: IncomingMessage,
    private readonly response: ServerResponse,
    private readonly closing: AbortSignal,
  ) {
    const url = request.url ?? '/';
    const mark = url.indexOf('?');
    this.method = request.method ?? 'GET';
    this.path = mark < 0 ? url : url.slice(0, mark);
    this.rawQuery = mark < 0 ? '' : url.slice(mark + 1);
    this.query = new URLSearchParams(this.rawQuery);
  }

  async run(): Promise<void> {
    const body = await readText(this.request);
    if (this.path.startsWith('/__emu/')) {
      this.send(answerControl(this.org, this.method, this.path, this.query, parseJson(body)));
    } else if (this.path.startsWith('/services/')) {
      await this.apiCall(body);
    } else {
      this.send(this.page());
    }
  }

  private page(): Answer {
    const id = /^\/lightning\/r\/Contact\/(\w+)\/view$/.exec(this.path)?.[1];
    const content =
      this.path === '/' ? contactListPage(this.org) : id === undefined ? undefined : contactPage(this.org, id);
    if (content === undefined) return { status: 404, text: { type: 'text/plain', content: 'Not found' } };
    return { status: 200, text: { type: 'text/html', content } };
  }

  private async apiCall(body: string): Promise<void> {
    const { org, method, path } = this;
    const isOAuth = path.startsWith('/services/oauth2/');
    const entry = org.journal.arrive({
      atMs: org.now(),
      method,
      path,
      query: this.rawQuery,
      body: isOAuth ? `grant_type=${new URLSearchParams(body).get('grant_type') ?? ''}` : body,
    });
    const effects = org.faults.forRequest(method, path);
    entry.faults = effects.map((effect) => ('commit' in effect ? `${effect.kind}:${effect.commit}` : effect.kind));
    for (const effect of effects) if (effect.kind === 'delay') await this.wait(effect.ms);
    const preventing = effects.find((effect) => prevents(effect));
    const answer = preventing ? undefined : isOAuth ? this.oauth(body) : this.data(body, entry);
    entry.executed = answer !== undefined && answer.status < 400;
    for (const effect of effects) if (effect.kind === 'hold') await this.wait(effect.ms);
    this.finish(entry, preventing ?? effects.find(replacesAnswer), answer);
  }

  private finish(entry: JournalEntry, effect: RequestEffect | undefined, answer: Answer | undefined): void {
    if (effect?.kind === 'reset') {
      this.org.journal.finish(entry, 0);
      this.response.socket?.resetAndDestroy();
      return;
    }
    const refusal = effect && refusalOf(effect);
    const { status, body, text, headers }: Answer =
      typeof refusal?.body === 'string'
        ? { status: refusal.status, text: { type: 'text/html', content: refusal.body } }
        : (refusal ?? answer ?? { status: 500 });
    this.org.journal.finish(entry, status);
    this.send({ status, body, text, headers });
  }

  private oauth(body: string): Answer {
    const { auth } = this.org;
    const form = new URLSearchParams(body);
    const { authorization } = this.request.headers;
    switch (`${this.method} ${this.path}`) {
      case 'POST /services/oauth2/token':
        return auth.token(form, authorization);
      case 'POST /services/oauth2/revoke':
        return auth.revoke(form.get('token') ?? '')
          ? { status: 200 }
          : {
              status: 400,
              body: { error: 'unsupported_token_type', error_description: 'this token type is not supported' },
            };
      case 'GET /services/oauth2/userinfo':
        return this.userInfo();
      default:
        return {
          status: 404,
          body: { error: 'unknown_path', error_description: 'The emulator has no such OAuth path' },
        };
    }
  }

  private userInfo(): Answer {
    const session = this.org.auth.session(this.request.headers.authorization);
    const user = session && this.org.store.find(session.userId)?.row;
    if (!user) return { status: 403, text: { type: 'text/html', content: 'Bad_OAuth_Token' } };
    const { url, id: organization } = this.org;
    const body = {
      sub: `${url}/id/${organization}/${user.Id}`,
      user_id: user.Id,
      organization_id: organization,
      preferred_username: user.Username,
      email: user.Email,
      name: user.Name,
    };
    return { status: 200, body };
  }

  private data(body: string, entry: JournalEntry): Answer {
    const { org, method, path } = this;
    if (/^\/services\/data\/?$/.test(path)) return { status: 200, body: apiVersions() };
    const answer = refusalsAsAnswers(() => {
      if (Buffer.byteLength(this.request.url ?? '') > MAX_URI_BYTES) {
        throw new RequestRefused(414, 'URI_TOO_LONG', 'The URI is longer than 16,384 bytes.');
      }
      const { base, version, segments } = parseDataPath(path);
      const session = org.auth.session(this.request.headers.authorization);
      if (!session) throw new RequestRefused(401, 'INVALID_SESSION_ID', 'Session expired or invalid');
      if (!org.usage.spend()) throw new RequestRefused(403, 'REQUEST_LIMIT_EXCEEDED', 'TotalRequests Limit exceeded.');
      const headers = flatHeaders(this.request);
      const scope = org.apiScope(session.userId, entry);
      const call = { org, method, base, version, segments, query: this.query, headers, scope };
      return answerCall({ ...call, body: this.jsonBody(body) });
    });
    return { ...answer, headers: { ...answer.headers, 'Sforce-Limit-Info': org.usage.header() } };
  }

  private jsonBody(body: string): unknown {
    if (!HAS_BODY.has(this.method)) return undefined;
    if (!/^application\/json\b/i.test(this.request.headers['content-type'] ?? '')) {
      throw new RequestRefused(415, 'UNSUPPORTED_MEDIA_TYPE', 'Send the body as application/json.');
    }
    const parsed = parseJson(body);
    if (parsed === undefined)
      throw new RequestRefused(400, 'JSON_PARSER_ERROR', 'The body is not valid JSON at [line:1, column:1]');
    return parsed;
  }

  private wait(ms: number): Promise<void> {
    return sleep(ms, undefined, { signal: this.closing });
  }

  private send({ status, body, text, headers }: Answer): void {
    const content = text?.content ?? (body === undefined ? '' : JSON.stringify(body));
    const type = text ? `${text.type}; charset=UTF-8` : 'application/json;charset=UTF-8';
    this.response.writeHead(status, content === '' ? headers : { 'Content-Type': type, ...headers }).end(content);
  }
}

/** Effects that keep the work from being done. */
function prevents(effect: RequestEffect): boolean {
  if (effect.kind === 'delay' || effect.kind === 'hold') return false;
  return !('commit' in effect && effect.commit === 'after');
}

/** Effects that hide the answer of work that was done. */
function replacesAnswer(effect: RequestEffect): boolean {
  return 'commit' in effect && effect.commit === 'after';
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function flatHeaders(request: IncomingMessage): Record<string, string | undefined> {
  return Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : value]),
  );
}
