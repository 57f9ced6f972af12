import { useEffect, useLayoutEffect, useRef, useState } from 'react';

// A little slack: fractional pixels, and a reader who stopped just above the end.
const AT_END = 48;
const NEAR_START = 200;

/**
 * Keeps the thread where the reader is: at the end it follows whatever grows (messages, events, pictures, fonts);
 * elsewhere nothing moves, and older messages come in above without a jump. `firstKey` names the oldest message drawn.
 */
export function useThreadScroll(conversationId: string, firstKey: string | undefined, onNearStart: () => void) {
  const box = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const before = useRef<{ conversationId: string; firstKey: string | undefined; height: number }>(undefined);
  const following = useRef(true);
  const [atEnd, setAtEnd] = useState(true);

  useLayoutEffect(() => {
    const element = box.current;
    if (!element) return;
    const last = before.current;
    if (last?.conversationId !== conversationId) {
      following.current = true;
      setAtEnd(true);
    } else if (!following.current && last.firstKey !== firstKey) {
      element.scrollTop += element.scrollHeight - last.height;
    }
    if (following.current) element.scrollTop = element.scrollHeight;
    before.current = { conversationId, firstKey, height: element.scrollHeight };
  }, [conversationId, firstKey]);

  useEffect(() => {
    const element = box.current;
    if (!element || !content.current) return;
    const observer = new ResizeObserver(() => {
      if (following.current) element.scrollTop = element.scrollHeight;
    });
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
    if (before.current) before.current.height = element.scrollHeight;
    if (element.scrollTop < NEAR_START) onNearStart();
  }

  function toEnd() {
    const element = box.current;
    if (element) element.scrollTop = element.scrollHeight;
  }

  return { box, content, atEnd, onScroll, toEnd };
}
