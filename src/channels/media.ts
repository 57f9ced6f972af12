/** An attachment as an inbound event told it, with the message it belongs to. */
export interface MediaWanted {
  kind: string;
  url?: string;
  meta?: Readonly<Record<string, unknown>>;
  messageExternalId: string;
  /** What `parse` was given when the message came, for networks that send files along; undefined when it is not kept. */
  delivery?(): Promise<unknown>;
}

/** Where the bytes of an attachment are now. */
export type MediaSource =
  | {
      status: 'found';
      url: string;
      headers?: Readonly<Record<string, string>>;
      /** Host names the address, and every redirect, must belong to (a leading dot allows subdomains); absent: any public host. */
      hosts?: readonly string[];
      /** The bytes themselves, when the network sent them along; `url` is then only a name. */
      bytes?: Buffer;
      sha256?: string;
      mimeType?: string;
      name?: string;
    }
  | { status: 'absent'; reason: string }
  | { status: 'retry'; reason: string; afterMs?: number }
  | { status: 'refused'; reason: string };
