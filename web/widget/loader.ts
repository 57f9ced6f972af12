import type { FromFrame, PageUser, ToFrame } from './bridge';

interface PasokhWidget {
  open(): void;
  close(): void;
  /** `setUser({ jwt })`, or `setUser('user-1', { identifier_hash, name, email })`. */
  setUser(user: PageUser | string, more?: Omit<PageUser, 'identifier' | 'jwt'>): void;
  /** The site's user signed out: the next person at this browser must not see the conversation. */
  reset(): void;
}

declare global {
  interface Window {
    Pasokh?: PasokhWidget;
  }
}

const STYLE = `
:host{all:initial;position:fixed;z-index:2147483000;inset-block-end:20px}
:host([data-side=right]){right:20px}
:host([data-side=left]){left:20px}
button{all:unset;box-sizing:border-box;position:absolute;inset-block-end:0;width:56px;height:56px;border-radius:50%;cursor:pointer;
display:grid;place-items:center;background:var(--color);color:var(--on-color);box-shadow:0 4px 16px #0004;border:1px solid #0001}
:host([data-side=right]) :is(button,iframe){right:0}
:host([data-side=left]) :is(button,iframe){left:0}
button:focus-visible{outline:3px solid var(--color);outline-offset:3px}
b{position:absolute;inset-block-start:-4px;inset-inline-end:-4px;min-width:20px;height:20px;box-sizing:border-box;padding:0 5px;border-radius:10px;
background:#b3261e;color:#fff;font:600 12px/20px system-ui,sans-serif;text-align:center}
iframe{position:absolute;inset-block-end:72px;width:min(384px,calc(100vw - 40px));height:min(640px,calc(100vh - 112px));
height:min(640px,calc(100dvh - 112px));border:0;border-radius:16px;box-shadow:0 8px 40px #0004;background:Canvas;color-scheme:light dark}
[hidden]{display:none!important}
@media (max-width:480px){iframe{position:fixed;inset:0;width:100%;height:100%;border-radius:0}}
@media print{:host{display:none}}`;
const ICON = 'M4 4h16a2 2 0 0 1 2 2v9a2 2 0 0 1-2 2h-7l-5 4v-4H4a2 2 0 0 1-2-2V6a2 2 0 0 1 2-2Z';
const SVG = 'http://www.w3.org/2000/svg';

function start(script: HTMLScriptElement, inbox: string): void {
  const home = new URL(script.src).origin;
  const { locale = null, color, side } = script.dataset;
  const rightToLeft = (locale ?? document.documentElement.lang).startsWith('fa');
  const memory = `pasokh.${inbox}`;
  let frame: HTMLIFrameElement | undefined;
  let ready = false;
  let shown = false;
  let user: PageUser | null = null;
  let resetting = false;
  let unread = 0;

  const host = document.createElement('div');
  host.dataset.side = side === 'left' || side === 'right' ? side : rightToLeft ? 'left' : 'right';
  const root = host.attachShadow({ mode: 'open' });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(STYLE);
  root.adoptedStyleSheets = [sheet];
  const button = document.createElement('button');
  button.type = 'button';
  button.ariaExpanded = 'false';
  const svg = document.createElementNS(SVG, 'svg');
  for (const [name, value] of [
    ['viewBox', '0 0 24 24'],
    ['width', '26'],
    ['fill', 'currentColor'],
    ['aria-hidden', 'true'],
  ] as const) {
    svg.setAttribute(name, value);
  }
  svg.append(document.createElementNS(SVG, 'path'));
  svg.firstElementChild!.setAttribute('d', ICON);
  const badge = document.createElement('b');
  badge.hidden = true;
  button.append(svg, badge);
  root.append(button);

  let label = rightToLeft ? 'گفتگو' : 'Chat';
  function look(main: string, on: string): void {
    host.style.setProperty('--color', main);
    host.style.setProperty('--on-color', on);
  }
  function count(now: number): void {
    unread = now;
    badge.hidden = unread === 0;
    badge.textContent = unread > 9 ? '9+' : String(unread);
    button.ariaLabel = unread > 0 ? `${label} (${unread})` : label;
    if (frame) frame.title = label;
  }
  look(color ?? recall() ?? '#0f5c5c', '#ffffff');
  count(0);

  function recall(): string | null {
    try {
      return localStorage.getItem(memory);
    } catch {
      return null; // a page without storage: the chat is loaded when it is opened
    }
  }
  function remember(main: string): void {
    try {
      localStorage.setItem(memory, main);
    } catch {
      // as above
    }
  }

  const tell = (message: ToFrame) => ready && frame?.contentWindow?.postMessage(message, home);

  function load(): void {
    if (frame) return;
    frame = document.createElement('iframe');
    frame.src = `${home}/widget/frame?inbox=${encodeURIComponent(inbox)}&origin=${encodeURIComponent(location.origin)}`;
    frame.title = label;
    frame.hidden = !shown;
    root.prepend(frame);
  }

  function show(open: boolean): void {
    if (open) load();
    if (!frame || shown === open) return;
    shown = open;
    frame.hidden = !open;
    button.ariaExpanded = String(open);
    if (open) frame.focus();
    else button.focus();
    tell({ pasokh: open ? 'shown' : 'hidden' });
  }

  addEventListener('message', (event: MessageEvent<FromFrame>) => {
    if (event.origin !== home || !frame || event.source !== frame.contentWindow) return;
    const message = event.data;
    switch (message.pasokh) {
      case 'ready':
        ready = true;
        if (resetting) tell({ pasokh: 'reset' });
        tell({ pasokh: 'init', locale, open: shown, user });
        break;
      case 'look':
        label = message.label;
        look(message.color, message.onColor);
        remember(message.color);
        count(unread);
        break;
      case 'unread':
        count(message.count);
        break;
      case 'close':
        show(false);
    }
  });
  button.addEventListener('click', () => show(!shown));
  document.body.append(host);
  // who chatted here before may have an answer waiting
  if (recall() !== null) load();

  window.Pasokh = {
    open: () => show(true),
    close: () => show(false),
    setUser(given, more) {
      user = typeof given === 'string' ? { ...more, identifier: given } : { ...given };
      tell({ pasokh: 'user', user });
    },
    reset() {
      user = null;
      if (!frame && recall() === null) return; // never chatted here
      resetting = !ready;
      load(); // the session to end is known to the frame only
      tell({ pasokh: 'reset' });
    },
  };
  dispatchEvent(new CustomEvent('pasokh:ready'));
}

const script = document.currentScript;
const inbox = script instanceof HTMLScriptElement ? script.dataset['inbox'] : undefined;
if (script instanceof HTMLScriptElement && inbox && !window.Pasokh) {
  if (document.body) start(script, inbox);
  else addEventListener('DOMContentLoaded', () => start(script, inbox), { once: true });
}
