-- Stop and target that an alert asks for, until they stand in the place of the old ones.
ALTER TABLE "positions" ADD COLUMN "wanted_exits" JSONB;
