// The thread that makes one report, and then ends.
import { parentPort, workerData } from 'node:worker_threads';
import { countCosts } from '../../core/count-costs.ts';
import type { Site } from '../../core/render.ts';
import type { ReportLog } from '../../store/report-log.ts';
import { openReportLog } from '../../store/sqlite/report-log.ts';
import type { Question, ReportTask } from './thread-reports.ts';

async function answer(log: ReportLog, site: Site, question: Question): Promise<object> {
  if (question.kind === 'costs') return countCosts(log, site, question);
  return { accounts: await log.accounts(question.workspaceId, question.todayFrom) };
}

const { folder, site, question } = workerData as ReportTask;
const log = await openReportLog(folder);
const answered = await answer(log, site, question);
await log.close();
parentPort?.postMessage(answered);
