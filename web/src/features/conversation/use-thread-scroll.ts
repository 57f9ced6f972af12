import { useEffect, useLayoutEffect, useRef, useState } from 'react';

// A little slack: fractional pixels, and a reader who stopped just above the end.
const AT_END = 48;
const NEAR_START = 200;

interface Anchor {
  /** The first message in sight. */
  node: Element;
  /** How far it stood below the upper edge, px. */
  top: number;
}

/**
 * Keeps the thread where the reader is: at the end it follows whatever grows (messages, events, pictures, fonts);
 * elsewhere the first message in sight stays where it is, whatever comes in above and below or drops out above.
 */
export function useThreadScroll(conversationId: string, onNearStart: () => void) {
  const box = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const shown = useRef<string>(undefined);
  const anchor = useRef<Anchor>(undefined);
  const following = useRef(true);
  const [atEnd, setAtEnd] = useState(true);

  // After every drawing: any of them may have changed what stands above.
  useLayoutEffect(() => {
    if (shown.current !== conversationId) {
      shown.current = conversationId;
      following.current = true;
      setAtEnd(true);
    }
    hold();
  });

  function hold() {
    const element = box.current;
    const held = anchor.current;
    if (!element) return;
    if (following.current) element.scrollTop = element.scrollHeight;
    else if (held?.node.isConnected) element.scrollTop += topIn(element, held.node) - held.top;
  }

  useEffect(() => {
    const element = box.current;
    if (!element || !content.current) return;
    const observer = new ResizeObserver(hold);
    observer.observe(content.current);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  function onScroll() {
    const element = box.current;
    if (!element) return;
    const end = element.scrollHeight - element.scrollTop - element.clientHeight < AT_END;
    following.current = end;
    setAtEnd(end);
    const node = [...element.querySelectorAll('article')].find((one) => topIn(element, one) + one.clientHeight > 0);
    anchor.current = node && { node, top: topIn(element, node) };
    if (element.scrollTop < NEAR_START) onNearStart();
  }

  function toEnd() {
    const element = box.current;
    if (element) element.scrollTop = element.scrollHeight;
  }

  return { box, content, atEnd, onScroll, toEnd };
}

const topIn = (box: Element, node: Element) => node.getBoundingClientRect().top - box.getBoundingClientRect().top;
