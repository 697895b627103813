-- What round trips leave below the market's minimums, at its cost. Positions of before have NULL: they are folded anew from
-- their fills when the database is brought up to date.
ALTER TABLE "positions" ADD COLUMN "dust_quantity" DECIMAL(38,18), ADD COLUMN "dust_cost" DECIMAL(38,18);
ALTER TABLE "positions" ALTER COLUMN "dust_quantity" SET DEFAULT 0, ALTER COLUMN "dust_cost" SET DEFAULT 0,
  ADD CONSTRAINT "positions_dust_not_negative" CHECK (dust_quantity >= 0 AND dust_cost >= 0);
