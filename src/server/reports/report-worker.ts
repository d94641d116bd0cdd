// The thread that makes one report, and then ends.
import { parentPort, workerData } from 'node:worker_threads';
import { countCosts } from '../../core/count-costs.ts';
import { estimateFiles } from '../../core/estimate-files.ts';
import { openReportLog } from '../../store/open.ts';
import type { ReportTask } from './thread-reports.ts';

async function answer({ store, site, question }: ReportTask): Promise<object> {
  if (question.kind === 'estimate') return estimateFiles(question);
  const log = await openReportLog(store);
  try {
    if (question.kind === 'costs') return await countCosts(log, site, question);
    return { accounts: await log.accounts(question.workspaceId, question.todayFrom) };
  } finally {
    await log.close();
  }
}

parentPort?.postMessage(await answer(workerData as ReportTask));
