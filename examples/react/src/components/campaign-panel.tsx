import type { Live } from '../data/data-layer.ts';
import type { Campaign, CampaignResult } from '../data/results.ts';
import { actionOf } from '../errors.ts';
import { formatCount, formatMoney } from '../format.ts';
import { Chip } from './chip.tsx';
import { LoadError } from './load-error.tsx';
import { OutcomeChart } from './outcome-chart.tsx';
import { StaleChip } from './stale-chip.tsx';
import './campaign-panel.css';

interface CampaignPanelProps {
  readonly taskId: string;
  readonly campaign: Live<CampaignResult>;
}

/** How far a campaign is, and how its messages ended. */
export function CampaignPanel({ taskId, campaign }: CampaignPanelProps) {
  return (
    <section className="card campaign" aria-labelledby="campaign">
      <div className="card-head">
        <h2 id="campaign">Campaign {taskId}</h2>
        {campaign.value?.__typename === 'Campaign' && <CampaignState campaign={campaign.value} />}
      </div>
      <CampaignBody campaign={campaign} />
    </section>
  );
}

function CampaignState({ campaign: { isFinal, isStale, fetchedAt } }: { readonly campaign: Campaign }) {
  return (
    <span className="campaign-state">
      {isStale && <StaleChip fetchedAt={fetchedAt} />}
      <Chip tone={isFinal ? 'success' : 'info'}>{isFinal ? 'Finished' : 'In progress'}</Chip>
    </span>
  );
}

function CampaignBody({ campaign: { value, error, refetch } }: Pick<CampaignPanelProps, 'campaign'>) {
  if (error !== null) return <LoadError reason={error} onRetry={refetch} />;
  if (value === undefined) return <div className="skeleton campaign-skeleton" />;
  if (value.__typename === 'Campaign') return <CampaignDetails campaign={value} />;
  const { title, hint } = actionOf(value);
  return (
    <p className="empty">
      <strong>{title}</strong> {hint} {value.message}
    </p>
  );
}

function CampaignDetails({ campaign }: { readonly campaign: Campaign }) {
  const { originator, body, total, sent, pending, totalPrice, currency } = campaign;
  const size = total ?? sent;
  const done = size - pending;
  return (
    <>
      <blockquote className="campaign-text" cite={originator ?? undefined}>
        {body ?? 'The text is hidden from you.'}
      </blockquote>
      <div className="campaign-progress">
        <label htmlFor="progress">Progress</label>
        <span className="campaign-count">
          <b>{formatCount(done)}</b> of {formatCount(size)}
        </span>
        <progress id="progress" max={Math.max(size, 1)} value={done} />
      </div>
      <OutcomeChart campaign={campaign} />
      <dl className="campaign-facts">
        <dt>Sender</dt>
        <dd>{originator ?? '–'}</dd>
        <dt>Price</dt>
        <dd>{totalPrice == null || currency == null ? '–' : formatMoney(totalPrice, currency)}</dd>
      </dl>
    </>
  );
}
