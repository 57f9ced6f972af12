import { memo } from 'react';
import { useLanguage } from '../i18n/use-text';
import { textDir, textLang, textRuns } from '../lib/text';

function Runs({ line, links }: { line: string; links: boolean }) {
  return textRuns(line).map((run, index) => {
    if (run.kind === 'prose') return run.text;
    if (run.kind === 'link' && links)
      return (
        <a
          key={index}
          dir="ltr"
          href={run.text}
          target="_blank"
          rel="noopener noreferrer nofollow"
          className="text-public underline [unicode-bidi:isolate]"
        >
          {run.text}
        </a>
      );
    return (
      <bdi key={index} dir="ltr">
        {run.text}
      </bdi>
    );
  });
}

/** What somebody wrote: each paragraph in its own direction, codes and links in theirs. */
export const MessageText = memo(function MessageText({ text }: { text: string }) {
  const { dir } = useLanguage();
  return (
    <div className="message-text">
      {text.split('\n').map((line, index) => (
        <p key={index} dir={textDir(line, dir)} lang={textLang(line, dir)} className="min-h-[1lh] text-start">
          <Runs line={line} links />
        </p>
      ))}
    </div>
  );
});

/** One line of it, cut where the room ends. */
export const PreviewText = memo(function PreviewText({ text }: { text: string }) {
  const { dir } = useLanguage();
  const line = text.replace(/\s+/gu, ' ').trim();
  return (
    <span dir={textDir(line, dir)} lang={textLang(line, dir)} className="preview block min-w-0 flex-1">
      <Runs line={line} links={false} />
    </span>
  );
});

/** A handle, a phone, an id: always left to right. */
export const Ltr = ({ children }: { children: string }) => <bdi dir="ltr">{children}</bdi>;
