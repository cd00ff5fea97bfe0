global using Sluice.Batches;
