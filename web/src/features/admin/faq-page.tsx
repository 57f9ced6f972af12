import { useQuery } from '@tanstack/react-query';
import { Plus } from 'lucide-react';
import { useState } from 'react';
import { faqQuery } from '../../api/faq';
import type { FaqArticle } from '../../api/types';
import { useText } from '../../i18n/use-text';
import { Button } from '../../ui/button';
import { PreviewText } from '../../ui/rich-text';
import { ArticleDialog } from './article-dialog';
import { Loaded, PageHead, Table } from '../../ui/page';

export function FaqPage() {
  const t = useText();
  const query = useQuery(faqQuery);
  const [edited, setEdited] = useState<FaqArticle | 'new' | null>(null);
  return (
    <>
      <PageHead
        title={t('admin.faq')}
        hint={t('faq.hint')}
        actions={
          <Button tone="brand" onPress={() => setEdited('new')}>
            <Plus size={16} aria-hidden />
            {t('faq.add')}
          </Button>
        }
      />
      <Loaded query={query}>
        {(articles) => (
          <Table
            label={t('admin.faq')}
            items={articles}
            keyOf={({ id }) => id}
            empty={t('faq.empty')}
            columns={[
              {
                title: t('faq.title'),
                cell: ({ title, answer }) => (
                  <div className="max-w-md">
                    <p className="font-medium">
                      <bdi>{title}</bdi>
                    </p>
                    <p className="flex text-xs text-muted">
                      <PreviewText text={answer} />
                    </p>
                  </div>
                ),
              },
              { title: t('faq.locale'), cell: ({ locale }) => (locale === 'fa' ? 'فارسی' : 'English') },
              {
                title: t('faq.mode'),
                cell: ({ autoSend, enabled }) =>
                  !enabled ? t('faq.off') : autoSend ? t('faq.sends') : t('faq.suggests'),
              },
              {
                title: t('common.actions'),
                cell: (article) => (
                  <Button size="small" onPress={() => setEdited(article)}>
                    {t('common.edit')}
                  </Button>
                ),
              },
            ]}
          />
        )}
      </Loaded>
      {edited && <ArticleDialog article={edited === 'new' ? null : edited} onClose={() => setEdited(null)} />}
    </>
  );
}
