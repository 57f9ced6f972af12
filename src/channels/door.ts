import type { IncomingHttpHeaders } from 'node:http';
import type { ConnectedChannel, Credentials } from './channel';

/** A request as it came in: nothing parsed, nothing re-encoded. */
export interface RawRequest {
  method: string;
  /** Path and query as received. */
  url: string;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

/** What reading a delivery may rest on besides its body. Event keys never depend on it. */
export interface ParseContext {
  /** Set when the address, or the pull that brought it, belongs to one channel. */
  channel?: Pick<ConnectedChannel, 'externalId' | 'settings' | 'kind'> & {
    /** Signed what we gave out and may come back: reply and bounce addresses. */
    tokenKey?: string;
  };
  /**
   * Of a shared address: the channel the event that is wanted was filed under. The delivery may tell of other accounts
   * too, and at the door, where events are only named, it is not known yet.
   */
  filedUnder?: Pick<ConnectedChannel, 'externalId' | 'settings'>;
}

/** How a network reaches us. */
export interface WebhookDoor {
  /** The address under `/webhooks/`: letters only. Connectors of one provider may share it. */
  path: string;
  /**
   * `shared`: one address for every account, told apart by the secret that signed (`/webhooks/x/<channel id>` narrows it
   * to one channel's). `channel`: always `/webhooks/<path>/<channel id>`, anything after it is the connector's to check.
   */
  address: 'shared' | 'channel';
  /** Which credential is the secret. */
  secret: string;
  /** The address itself carries the secret behind the channel's id, for networks that sign nothing. */
  secretInPath?: boolean;
  /** Constant time, over the raw bytes, before any parsing. */
  verify(request: RawRequest, secret: string): boolean;
  /**
   * Answers a network's question whether the address is ours; null refuses (403), `malformed` refuses with 400. Never
   * signs what the caller made up beyond the expected shape.
   */
  handshake?(this: void, query: URLSearchParams, credentials: Credentials): HandshakeAnswer | null;
  /** What a stored delivery is answered with. Default: the text `EVENT_RECEIVED`. */
  acknowledgement?: string | Readonly<Record<string, unknown>>;
  /** Bytes to the value `parse` reads; default JSON. @throws on bytes that are not the provider's format */
  decode?(body: Buffer): unknown;
}

/** A text is answered as plain text, a record as JSON. */
export type HandshakeAnswer = string | Readonly<Record<string, unknown>> | { malformed: true; why: string };
