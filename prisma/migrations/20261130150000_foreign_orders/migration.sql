-- Orders placed elsewhere are what their exchange says of them. One that spends an amount of the quote asset may have no
-- quantity at all before it is executed, and may execute more than was told of it: the exchange tells the one by the other,
-- cut off, or lets it grow. For orders of ours both stay impossible.
ALTER TABLE "trades"
  DROP CONSTRAINT "trades_amount",
  DROP CONSTRAINT "trades_filled",
  ADD CONSTRAINT "trades_amount" CHECK (
    ((quantity IS NULL) <> (quote_quantity IS NULL) OR (source = 'EXTERNAL' AND quantity IS NULL))
    AND (quantity IS NULL OR quantity > 0) AND (quote_quantity IS NULL OR (quote_quantity > 0 AND type = 'MARKET'))),
  ADD CONSTRAINT "trades_filled" CHECK (
    filled_quantity >= 0 AND filled_quote_quantity >= 0
    AND (quantity IS NULL OR filled_quantity <= quantity OR source = 'EXTERNAL'));
