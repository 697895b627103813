-- A fill keeps the market's minimums of its time: a rebuilt ledger does not change when an exchange changes them.
ALTER TABLE "fills" ADD COLUMN "min_quantity" DECIMAL(38,18), ADD COLUMN "min_notional" DECIMAL(38,18);
