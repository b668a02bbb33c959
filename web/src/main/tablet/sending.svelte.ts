import { type DayReport, type Step, sendAll } from "../../sync/day.ts";
import type { Sent } from "../../sync/push.ts";
import { Awake } from "./awake.ts";
import type { Connection } from "./connection.svelte.ts";
import type { Ledger } from "./ledger.svelte.ts";
import { explain, type Trouble } from "./trouble.ts";

/** One sending, from the button to the receipts. */
export class Sending {
  step = $state.raw<Step | null>(null);
  sent = $state.raw<Sent[]>([]);
  report = $state.raw<DayReport | null>(null);
  trouble = $state.raw<Trouble | null>(null);

  get is_running(): boolean {
    return this.step !== null;
  }

  /** Sends all there is. Whatever goes wrong on the way, what was received before counts. */
  async run(ledger: Ledger, connection: Connection): Promise<void> {
    if (this.is_running) return;
    this.sent = [];
    this.report = null;
    this.trouble = null;
    this.step = { step: "changes", n_done: 0, n_total: ledger.n_unsent };
    const lock = new Awake();
    try {
      const onStep = (step: Step) => {
        this.step = step;
      };
      const onSent = (sent: Sent[]) => {
        this.sent = sent;
      };
      this.report = await sendAll(ledger.database, onStep, onSent);
    } catch (error) {
      console.error(error);
      this.trouble = explain(error);
    } finally {
      this.step = null;
      lock.release();
      await ledger.load();
      await connection.ask();
    }
  }
}
