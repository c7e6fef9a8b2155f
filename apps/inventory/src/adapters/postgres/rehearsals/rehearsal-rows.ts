import {
  NO_FIGURES,
  type Rehearsal,
  type RehearsalFigures,
  type RehearsalSettings,
} from '@holdfast/contracts';

/** A rehearsal without its evidence, as the driver returns it. */
export interface RehearsalRow {
  rehearsal_id: string;
  drop_id: string;
  ghost_id: string | null;
  settings: RehearsalSettings;
  state: Rehearsal['state'];
  verdict: Rehearsal['verdict'];
  progress: number;
  detail: string;
  figures: RehearsalFigures | null;
  started_at: Date;
  ends_by: Date;
  ended_at: Date | null;
}

export function toRehearsal(row: RehearsalRow): Rehearsal {
  const { settings, state, verdict, progress, detail } = row;
  return {
    ...(row.figures ?? NO_FIGURES),
    id: row.rehearsal_id,
    dropId: row.drop_id,
    ghostId: row.ghost_id,
    profile: settings.profile,
    seed: settings.seed,
    settings,
    state,
    detail,
    progress,
    verdict,
    startedAt: row.started_at.toISOString(),
    endsBy: (row.ended_at ?? row.ends_by).toISOString(),
    endedAt: row.ended_at?.toISOString() ?? null,
  };
}
