import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { summaryQuery } from '../../api/admin/reports';
import { surveyResultsQuery } from '../../api/admin/surveys';
import { useCan, useSession } from '../../api/session';
import { AdminTexts } from '../../i18n/admin-texts';
import { useText } from '../../i18n/use-text';
import { addDays, dayIn, instantIn } from '../../lib/day';
import { Button } from '../../ui/button';
import { DayField } from '../../ui/day-field';
import { SelectField } from '../../ui/field';
import { Loaded, PageHead } from '../../ui/page';
import { Empty } from '../../ui/states';
import { REPORT_GROUPINGS, type ReportSearch } from './search';
import { SummaryTable } from './summary-table';
import { SurveyTables } from './survey-tables';
import { Totals } from './totals';

export function ReportsPage() {
  const t = useText();
  const can = useCan();
  return (
    <main className="min-h-0 min-w-0 flex-1 overflow-auto p-6 max-[899px]:p-4">
      <div className="mx-auto flex max-w-7xl flex-col gap-5">
        {can('reports.read') ? (
          <AdminTexts>
            <Reports />
          </AdminTexts>
        ) : (
          <Empty title={t('page.no_access')} />
        )}
      </div>
    </main>
  );
}

/** Spans somebody asks for again and again: days back from today, today included. */
const SPANS = [1, 7, 30, 90] as const;
const USUAL_DAYS = 30;

function Reports() {
  const t = useText();
  const can = useCan();
  const navigate = useNavigate();
  const search = useSearch({ from: '/signed-in/reports' });
  const { timeZone } = useSession().workspace;
  const today = dayIn(Date.now(), timeZone);
  const to = search.to ?? today;
  const from = search.from ?? addDays(to, 1 - USUAL_DAYS);
  const by = search.by ?? 'day';
  const set = (change: ReportSearch) =>
    void navigate({ to: '/reports', search: { ...search, ...change }, replace: true });
  const instants = [instantIn(from, 0, timeZone), instantIn(addDays(to, 1), 0, timeZone)] as const;
  const summary = useQuery({ ...summaryQuery(...instants, by), enabled: from <= to });
  const surveys = useQuery({ ...surveyResultsQuery(...instants), enabled: from <= to });
  return (
    <>
      <PageHead
        title={t('nav.reports')}
        hint={t('reports.hint')}
        actions={
          // The bar at the foot of a narrow page has no room for it.
          can('tickets.read') && (
            <Link to="/waves" className="min-h-6 text-brand underline min-[900px]:hidden">
              {t('nav.waves')}
            </Link>
          )
        }
      />
      <div className="flex flex-wrap items-start gap-x-5 gap-y-3">
        <div className="w-80 max-w-full">
          <DayField label={t('reports.from')} value={from} onChange={(day) => set({ from: day, to })} />
        </div>
        <div className="w-80 max-w-full">
          <DayField label={t('reports.to')} value={to} onChange={(day) => set({ from, to: day })} />
        </div>
        <div className="w-48">
          <SelectField
            label={t('reports.by')}
            value={by}
            onChange={({ target }) => set({ by: REPORT_GROUPINGS.find((one) => one === target.value) })}
          >
            {REPORT_GROUPINGS.map((name) => (
              <option key={name} value={name}>
                {t(`reports.by.${name}`)}
              </option>
            ))}
          </SelectField>
        </div>
      </div>
      <div className="flex flex-wrap gap-2">
        {SPANS.map((days) => (
          <Button key={days} size="small" onPress={() => set({ from: addDays(today, 1 - days), to: today })}>
            {t('reports.last_days', { count: days })}
          </Button>
        ))}
      </div>
      {from > to ? (
        <p role="alert" className="text-danger">
          {t('reports.wrong_order')}
        </p>
      ) : (
        <>
          <Loaded query={summary}>
            {(rows) => (
              <>
                <Totals rows={rows} surveys={surveys.data} />
                <SummaryTable rows={rows} by={by} />
              </>
            )}
          </Loaded>
          <Loaded query={surveys}>{(results) => <SurveyTables results={results} />}</Loaded>
        </>
      )}
    </>
  );
}
