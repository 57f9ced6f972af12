import type { FromFrame, ToFrame } from '../bridge';

/** The page around the frame: one origin, named in the frame's address and checked on every message. */
export class Page {
  constructor(private readonly origin: string) {}

  get there(): boolean {
    return this.origin !== '' && window.parent !== window;
  }

  tell(message: FromFrame): void {
    if (this.there) window.parent.postMessage(message, this.origin);
  }

  listen(hear: (message: ToFrame) => void): void {
    if (!this.there) return;
    addEventListener('message', (event: MessageEvent<ToFrame>) => {
      if (event.source === window.parent && event.origin === this.origin) hear(event.data);
    });
  }
}
