import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';
import { handleControl } from './control';
import { CustomerActions } from './customer-actions';
import { DEFAULT_DELIVERY, Deliveries, type DeliverySettings } from './deliveries';
import { EffectLog } from './effects';
import { type WebhookEvent } from './events';
import { type FaultRule, Faults, seededRandom } from './faults';
import { answerGraph, withoutVersion } from './graph';
import { readParams, type GraphContext } from './graph-call';
import { GraphError, recordedError } from './graph-errors';
import { json, readBody } from './http';
import { ProviderIds } from './ids';
import { publicPage } from './page';
import { SEED, seedWorld } from './seed';
import { type Person, World } from './world';

export interface MetaOptions {
  /** 0 (the default) takes a free port. */
  port?: number;
  /** Loopback unless told otherwise. */
  host?: string;
  appId?: string;
  appSecret?: string;
  /** Refuse calls without `appsecret_proof`. */
  requireProof?: boolean;
  /** Seeds shuffles, probabilities and `echo: 'random'`. */
  seed?: number;
  /** Part of every id; the start time by default, so that a restarted simulator does not repeat itself. */
  idBase?: string;
  delivery?: Partial<DeliverySettings>;
  /** When the echo of a send goes out, measured against the send's own answer; both happen in life. */
  echo?: 'before' | 'after' | 'random';
  /** Whether Instagram's echoes carry app id and metadata; the documented samples do not. */
  instagramEchoMetadata?: boolean;
  /** Keys of people whose webhooks are lost without a word; reading finds them. */
  skipsWebhooksOf?: readonly string[];
  /** Every webhook is lost, as in an outage that lasts longer than Meta's patience. */
  losesWebhooks?: boolean;
  /** Start without the seeded accounts, people and posts. */
  empty?: boolean;
}

export interface ApiCall {
  at: number;
  method: string;
  path: string;
  /** 0 when the simulator did not answer. */
  status: number;
  fault: boolean;
}

/** What `X-App-Usage` and `X-Business-Use-Case-Usage` tell; from 100 % on every call is refused with a rate error. */
export interface Usage {
  percent: number;
  regainMinutes: number;
}

export async function startMeta(options: MetaOptions = {}): Promise<MetaSimulator> {
  const simulator = new MetaSimulator(options);
  await simulator.listen();
  return simulator;
}

/**
 * The Graph API of both hosts, its webhooks and its public, on loopback. It knows nothing of the app under test beyond a
 * callback URL; people act through `act`, and what became visible to them is in `effects`.
 */
export class MetaSimulator {
  readonly world: World;
  readonly effects = new EffectLog();
  readonly faults: Faults;
  readonly deliveries: Deliveries;
  readonly act: CustomerActions;
  readonly calls: ApiCall[] = [];
  readonly settings: Required<
    Pick<
      MetaOptions,
      'appId' | 'appSecret' | 'requireProof' | 'echo' | 'instagramEchoMetadata' | 'skipsWebhooksOf' | 'losesWebhooks'
    >
  >;
  usage: Usage = { percent: 1, regainMinutes: 0 };
  url = '';
  private readonly server: Server;
  private readonly random: () => number;

  constructor(private readonly options: MetaOptions) {
    this.settings = {
      appId: options.appId ?? SEED.appId,
      appSecret: options.appSecret ?? SEED.appSecret,
      requireProof: options.requireProof ?? false,
      echo: options.echo ?? 'after',
      instagramEchoMetadata: options.instagramEchoMetadata ?? false,
      skipsWebhooksOf: options.skipsWebhooksOf ?? [],
      losesWebhooks: options.losesWebhooks ?? false,
    };
    this.random = seededRandom(options.seed ?? 1);
    this.world = new World(new ProviderIds(options.idBase ?? String(Date.now())));
    if (!options.empty) seedWorld(this.world);
    this.faults = new Faults(this.random);
    const delivery = { ...DEFAULT_DELIVERY, ...options.delivery };
    const secret = () => this.settings.appSecret;
    this.deliveries = new Deliveries(delivery, secret, () => this.world.now(), this.random);
    this.act = new CustomerActions(this.world, (events) => this.deliveries.send(this.subscribed(events)));
    this.server = createServer((request, response) => void this.handle(request, response));
  }

  async listen(): Promise<void> {
    const { port = 0, host = '127.0.0.1' } = this.options;
    await new Promise<void>((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen(port, host, resolve);
    });
    this.url = `http://${host}:${(this.server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.deliveries.close();
    this.server.closeAllConnections();
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }

  private async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', this.url);
    try {
      if (url.pathname === '/' && request.method === 'GET') {
        response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(publicPage(this.world));
      } else if (url.pathname.startsWith('/cdn/')) {
        // A signed link: `sig=expired` is one that has run out.
        const expired = url.searchParams.get('sig') === 'expired';
        response.writeHead(expired ? 403 : 200, { 'content-type': 'image/jpeg' }).end(expired ? '' : 'jpeg bytes');
      } else if (isConsentPage(url.pathname)) {
        this.askConsent(response, url);
      } else if (url.pathname.startsWith('/__sim')) {
        await handleControl(this, request, response, url);
      } else {
        await this.graph(request, response, url);
      }
    } catch (error) {
      // A bug of the simulator's own: loud in the answer, so that a test sees it.
      json(response, 500, { simulator_bug: error instanceof Error ? (error.stack ?? error.message) : String(error) });
    }
  }

  private async graph(request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> {
    const method = request.method ?? 'GET';
    const path = withoutVersion(url.pathname);
    const call: ApiCall = { at: this.world.now(), method, path, status: 0, fault: false };
    this.calls.push(call);
    const fault = this.faults.pick(method, path);
    call.fault = fault !== null;
    for (const [name, value] of Object.entries({ ...this.usageHeaders(), ...fault?.headers }))
      response.setHeader(name, value);
    if (fault?.delayMs !== undefined) await new Promise((resolve) => setTimeout(resolve, fault.delayMs));
    const body = await readBody(request);
    if (fault?.when === 'before' && fault.answer !== 'none') return misbehave(response, call, fault.answer);

    try {
      if (this.usage.percent >= 100) throw recordedError('rate_limited');
      const { authorization, 'content-type': contentType = '' } = request.headers;
      const params = readParams(url.searchParams, contentType, body);
      const context: GraphContext = { world: this.world, effects: this.effects, ...this.settings };
      const answer = answerGraph(context, this.settings, {
        method,
        path: url.pathname,
        params,
        authorization,
        origin: this.url,
      });
      const events = this.subscribed(answer.events ?? []);
      if (fault?.when === 'after' && fault.answer !== 'none') {
        this.deliveries.send(events);
        return misbehave(response, call, fault.answer);
      }
      if (this.echoFirst()) await this.deliveries.sendNow(events);
      else response.once('finish', () => this.deliveries.send(events));
      call.status = 200;
      json(response, 200, answer.body);
    } catch (error) {
      if (!(error instanceof GraphError)) throw error;
      call.status = error.status;
      json(response, error.status, { error: error.body });
    }
  }

  /** The consent page of both logins: the owner of everything says yes at once and is sent back. */
  private askConsent(response: ServerResponse, url: URL): void {
    const network = url.pathname.endsWith('/dialog/oauth') ? 'facebook' : 'instagram';
    const redirectUri = url.searchParams.get('redirect_uri') ?? '';
    if (url.searchParams.get('client_id') !== this.settings.appId || !URL.canParse(redirectUri))
      return json(response, 400, { error: 'Invalid app id or redirect_uri' });
    const accounts = [...this.world.accounts.values()].filter(
      ({ platform }) => network === 'facebook' || platform === 'instagram',
    );
    const accountIds = accounts.map(({ id }) => id);
    const asked = (url.searchParams.get('scope') ?? '').split(',').filter(Boolean);
    const { code } = this.act.consent({ network, redirectUri, accountIds, scopes: asked });
    const back = new URL(redirectUri);
    back.searchParams.set('code', code);
    back.searchParams.set('state', url.searchParams.get('state') ?? '');
    response.writeHead(302, { location: back.toString() }).end();
  }

  private echoFirst(): boolean {
    const { echo } = this.settings;
    const { callbackUrl, hold } = this.deliveries.settings;
    if (callbackUrl === null || hold) return false;
    return echo === 'before' || (echo === 'random' && this.random() < 0.5);
  }

  private subscribed(events: readonly WebhookEvent[]): WebhookEvent[] {
    if (this.settings.losesWebhooks) return [];
    const skipped = this.settings.skipsWebhooksOf.flatMap((key) => idsOf(this.world.person(key)));
    return events.filter(
      ({ accountId, field, content }) =>
        this.world.account(accountId).subscribed.has(field) && !skipped.some((id) => isAbout(content, id)),
    );
  }

  private usageHeaders(): Record<string, string> {
    const { percent, regainMinutes } = this.usage;
    const share = { call_count: percent, total_cputime: percent, total_time: percent };
    const pages = [{ type: 'pages', ...share, estimated_time_to_regain_access: regainMinutes }];
    return {
      'x-app-usage': JSON.stringify(share),
      'x-business-use-case-usage': JSON.stringify({ [this.settings.appId]: pages }),
    };
  }
}

const isConsentPage = (path: string): boolean => /^\/(v\d+\.\d+\/)?(dialog\/oauth|oauth\/authorize)$/.test(path);

const idsOf = ({ facebookId, scopedIds }: Person): string[] => [facebookId, ...scopedIds.values()];

const isAbout = (content: WebhookEvent['content'], id: string): boolean => JSON.stringify(content).includes(`"${id}"`);

function misbehave(response: ServerResponse, call: ApiCall, answer: Exclude<FaultRule['answer'], 'none'>): void {
  if (answer === 'hang') return;
  if (answer === 'reset') {
    response.destroy();
    return;
  }
  if (typeof answer === 'number') {
    call.status = answer;
    response.writeHead(answer, { 'content-type': 'text/html' }).end('<h1>Sorry, something went wrong.</h1>');
    return;
  }
  const error = recordedError(answer.error);
  call.status = error.status;
  json(response, error.status, { error: error.body });
}
