export interface ApiAnswer<T = Record<string, never>> {
  status: number;
  body: T;
  headers: Headers;
}

/** A caller of the API as a script or a console would be: keeps its cookie, sends its CSRF token. */
export class ApiClient {
  constructor(
    readonly url: string,
    readonly cookie = '',
    readonly csrf = '',
    readonly token = '',
  ) {}

  static async signIn(url: string, email: string, password: string): Promise<ApiClient> {
    const response = await fetch(`${url}/api/v1/auth/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email, password }),
    });
    const body = (await response.json()) as { csrfToken: string };
    if (response.status >= 300) throw new Error(`sign-in answered ${response.status}: ${JSON.stringify(body)}`);
    return new ApiClient(url, response.headers.get('set-cookie')!.split(';')[0], body.csrfToken);
  }

  static withToken(url: string, token: string): ApiClient {
    return new ApiClient(url, '', '', token);
  }

  async request<T>(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<ApiAnswer<T>> {
    const response = await fetch(`${this.url}/api/v1${path}`, {
      method,
      headers: {
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...this.headers(),
        ...headers,
      },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const text = await response.text();
    return { status: response.status, body: (text ? JSON.parse(text) : {}) as T, headers: response.headers };
  }

  /** What makes a request this caller's, for requests that are not JSON. */
  headers(): Record<string, string> {
    return {
      ...(this.cookie ? { cookie: this.cookie, 'x-csrf-token': this.csrf } : {}),
      ...(this.token ? { authorization: `Bearer ${this.token}` } : {}),
    };
  }

  /** The body of an answer that must be a success. */
  async ok<T>(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<T> {
    const answer = await this.request<T>(method, path, body, headers);
    if (answer.status >= 300)
      throw new Error(`${method} ${path} answered ${answer.status}: ${JSON.stringify(answer.body)}`);
    return answer.body;
  }

  get = <T>(path: string) => this.ok<T>('GET', path);
  post = <T>(path: string, body: unknown = {}, headers?: Record<string, string>) =>
    this.ok<T>('POST', path, body, headers);
}

/** Waits until `look` gives something, up to `withinMs`; then fails saying what was last seen. */
export async function eventually<T>(look: () => Promise<T | undefined | null | false>, withinMs = 10_000): Promise<T> {
  const end = Date.now() + withinMs;
  for (;;) {
    const seen = await look();
    if (seen) return seen;
    if (Date.now() > end)
      throw new Error(`It did not happen within ${withinMs} ms; last seen: ${JSON.stringify(seen)}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}
