using Sluice.Bench;
using Sluice.Bench.Quality;

switch (args)
{
    case ["data", var file, var rows]:
        new CustomerTable(seed: 42).Write(file, int.Parse(rows));
        return 0;
    case ["people", var file, var rows]:
        PeopleTable.Write(file, int.Parse(rows), seed: 42);
        return 0;
    case ["edit", var file, var how, var rows]:
        RowEditor.Edit(file, int.Parse(rows), spread: how == "spread");
        return 0;
    case ["duckdb", var csv, var parquet]:
        DuckDbPeer.Run(csv, parquet);
        return 0;
    case ["fanout", var activities, var window, var store]:
        await FanOut.RunAsync(int.Parse(activities), int.Parse(window), store);
        return 0;
    case ["vectors", var file, var rows, var dimensions]:
        Selecting.Write(file, int.Parse(rows), int.Parse(dimensions));
        return 0;
    case ["select", var file, var count]:
        Selecting.Run(file, int.Parse(count));
        return 0;
    case ["names", var texts, var sentences, var model]:
        NameTraining.Run(texts, sentences, model);
        return 0;
    case ["checks", var csv]:
        await CheckCosts.RunAsync(csv);
        return 0;
    case ["embed", var texts, var tokens, .. var lines]:
        await EmbedTexts.RunAsync(int.Parse(texts), tokens, lines.FirstOrDefault());
        return 0;
    case ["llm", var sluice, var rows, var folder]:
        await LlmWorkload.RunAsync(sluice, int.Parse(rows), folder);
        return 0;
    case ["forecast", var count, var seed]:
        await Sluice.Bench.Forecasts.ForecastCoverage.RunAsync(int.Parse(count), int.Parse(seed));
        return 0;
    case ["quality", .. var rest]:
        return QualityTable.Run(rest);
    default:
        Console.Error.WriteLine(
            """
            usage: sluice-bench data FILE ROWS                    writes the seeded table
                   sluice-bench people FILE ROWS                  writes people, a fifth of them misspelt copies
                   sluice-bench edit FILE clustered|spread ROWS   changes one digit in that many rows, in place
                   sluice-bench duckdb CSV PARQUET                DuckDB's own COPY and SUMMARIZE
                   sluice-bench fanout ACTIVITIES WINDOW STORE    no-op activities on the embedded runtime
                   sluice-bench vectors FILE ROWS DIMENSIONS      writes seeded vectors
                   sluice-bench select FILE COUNT                 k-center over them
                   sluice-bench names TEXTS SENTENCES MODEL       learns the model of names
                   sluice-bench checks CSV                        what each quality check costs
                   sluice-bench embed TEXTS TOKENS-FILE [LINES]   texts, made or a file's lines, through the bundled model; writes their tokens
                   sluice-bench llm SLUICE ROWS FOLDER            steps that ask language models, on a server of this machine
                   sluice-bench forecast COUNT SEED               how often runs come to what was forecast of them
                   sluice-bench quality [AREA] …                  figures on published data
            """);
        return 2;
}
