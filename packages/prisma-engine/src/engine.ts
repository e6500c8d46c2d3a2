import { PrismaPg } from '@prisma/adapter-pg';
import {
  noopTracingHelper,
  QueryInterpreter,
  type QueryPlanNode,
  TransactionManager,
} from '@prisma/client-engine-runtime';
import type { QueryCompiler } from '@prisma/query-compiler-wasm/postgresql/query_compiler_fast.js';
import type { PoolConfig } from 'pg';
import { createPool } from './connection-pool';
import { graphqlToJsonQuery } from './graphql';
import { type Datamodel, parseDatamodel, tagJsonFields } from './json-fields';
import { loadQueryCompiler } from './query-compiler';
import { toWireResult } from './wire-format';

const INTERACTIVE_TRANSACTION_DEFAULTS = { maxWait: 2_000, timeout: 5_000 };

/** Each takes some kilobytes. */
const KEPT_PLANS = 200;

/** A lost connection surfaces as the error of the query that needed it. */
const ignore = () => {};

type DatabaseAdapter = Awaited<ReturnType<PrismaPg['connect']>>;

/** Executes GraphQL queries: translate, compile to a query plan, run the plan against PostgreSQL. */
export class Engine {
  readonly transactions: TransactionManager;
  private readonly interpreter = QueryInterpreter.forSql({
    tracingHelper: noopTracingHelper,
    provider: 'postgresql',
  });

  /** Of reads, by their text. */
  private readonly plans = new Map<string, QueryPlanNode>();

  private constructor(
    private readonly compiler: QueryCompiler,
    private readonly datamodel: Datamodel,
    private readonly database: DatabaseAdapter,
  ) {
    this.transactions = new TransactionManager({
      driverAdapter: database,
      transactionOptions: INTERACTIVE_TRANSACTION_DEFAULTS,
      tracingHelper: noopTracingHelper,
      provider: 'postgresql',
    });
  }

  /** Like the Rust engine, refuses to start when the database cannot be reached. */
  static async connect(schema: string, config: PoolConfig): Promise<Engine> {
    const adapterOptions = { disposeExternalPool: true, onPoolError: ignore, onConnectionError: ignore };
    const database = await new PrismaPg(createPool(config), adapterOptions).connect();
    await database.queryRaw({ sql: 'SELECT 1', args: [], argTypes: [] });
    return new Engine(await loadQueryCompiler(schema), parseDatamodel(schema), database);
  }

  async disconnect(): Promise<void> {
    await this.transactions.cancelAllTransactions();
    await this.database.dispose();
  }

  /** Runs one query, inside an interactive transaction when `transactionId` names one. */
  async run(graphql: string, transactionId?: string): Promise<unknown> {
    const query = tagJsonFields(graphqlToJsonQuery(graphql), this.datamodel);
    const plan = this.plan(query.action, JSON.stringify(query));
    const result = transactionId
      ? await this.interpreter.run(plan, {
          queryable: await this.transactions.getTransaction({ id: transactionId }, query.action),
          transactionManager: { enabled: false },
          scope: {},
        })
      : await this.interpreter.run(plan, {
          queryable: this.database,
          transactionManager: { enabled: true, manager: this.transactions },
          scope: {},
        });
    return toWireResult(query.action, result);
  }

  /**
   * LiteLLM reads the same rows again and again, and to plan a query takes longer than to run it. Plans of writes may hold values of their
   * own moment.
   */
  private plan(action: string, query: string): QueryPlanNode {
    if (!action.startsWith('find')) return this.compiler.compile(query);
    const plan = this.plans.get(query) ?? this.compiler.compile(query);
    this.plans.delete(query);
    this.plans.set(query, plan); // the latest used is last
    const [oldest] = this.plans.keys();
    if (this.plans.size > KEPT_PLANS && oldest !== undefined) this.plans.delete(oldest);
    return plan;
  }

  /** Runs all queries in one transaction: either every one takes effect or none. */
  async runAtomically(graphqlQueries: string[]): Promise<unknown[]> {
    const { id } = await this.transactions.startInternalTransaction();
    try {
      const results: unknown[] = [];
      for (const graphql of graphqlQueries) results.push(await this.run(graphql, id));
      await this.transactions.commitTransaction(id);
      return results;
    } catch (error) {
      await this.transactions.rollbackTransaction(id);
      throw error;
    }
  }
}
