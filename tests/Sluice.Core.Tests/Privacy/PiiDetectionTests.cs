using System.Text;
using Sluice.Batches;
using Sluice.Core.Tests.Steps;
using Sluice.Privacy;
using Sluice.Steps;

namespace Sluice.Core.Tests.Privacy;

/// <summary>A table with personal data in text and in numbers.</summary>
static class PersonalTable
{
    public static Batch Of(int rows)
    {
        string?[] notes =
        [
            "Card 4111 1111 1111 1111 of Mr. Haraldsson", "nothing here", null, "write to ann.lee@example.com or call +44 20 7946 0958",
            "ssn 536-90-4399, ssn 219-09-9999", "", "9.9.9.9 logged in", "two a@b.com and c@d.org", "ünïcode 😀 ann@example.org end",
        ];
        string?[] emails = ["ann.lee@example.com", "Bob@Example.COM", "carl@example.net", null];
        var cards = new ValueBuilder<long>(ColumnType.Int64);
        for (var row = 0; row < rows; row++)
        {
            cards.Append(row % 2 == 0 ? 4_111_111_111_111_111 : 5_555_555_555_554_444);
        }

        return new Batch(
            new Schema([new("note", ColumnType.Text), new("email", ColumnType.Text), new("card_number", ColumnType.Int64), new("amount", ColumnType.Float64)]),
            [
                TextColumn.Of([.. Enumerable.Range(0, rows).Select(row => notes[row % notes.Length])]),
                TextColumn.Of([.. Enumerable.Range(0, rows).Select(row => emails[row % emails.Length])]),
                cards.Build(),
                new ValueColumn<double>(ColumnType.Float64, [.. Enumerable.Range(0, rows).Select(row => row * 1.5)]),
            ],
            rows);
    }

    public static string File(string secret)
    {
        var path = Path.Combine(Path.GetTempPath(), $"sluice-key-{Guid.NewGuid():N}");
        System.IO.File.WriteAllText(path, secret);
        return path;
    }
}

public sealed class PiiDetectionTests : StepContract
{
    const string Secret = "an example secret of many bytes";
    static readonly string key = "file:" + PersonalTable.File(Secret);

    protected override Step Create() => new PiiDetection(new()
    {
        Action = PiiAction.Mask,
        Key = key,
        Actions = new Dictionary<string, PiiAction> { ["email"] = PiiAction.Pseudonym, ["ssn"] = PiiAction.Encrypt, ["phone"] = PiiAction.Surrogate, ["ip_address"] = PiiAction.Hash },
    });

    protected override (Step Step, string Path)? WithUnknownColumn => (new PiiDetection(new() { Columns = ["nowhere"] }), "columns[0]");

    protected override Batch Sample() => PersonalTable.Of(90);

    static StepRun Run(PiiDetection.Options options, params string?[] cells) => StepRunner.Run(new PiiDetection(options), DirtyTable.Text(("note", cells)));

    [Fact]
    public void Flags_row_column_and_kind_and_leaves_the_cell_alone()
    {
        var run = Run(new(), "a@example.com, b@example.com", "x", "536-90-4399 a@example.com");

        var rules = run.Verdicts[0].Rules.Select((rule, i) => $"{rule.Reason} {rule.Column} {rule.Severity} {rule.Rejects} {string.Join(',', run.Verdicts[0].Failing(i))}");
        Assert.Equal(["pii_email note Critical False 0,2", "pii_ssn note Critical False 2"], rules);
        Assert.Equal(["a@example.com, b@example.com", "x", "536-90-4399 a@example.com"], DirtyTable.Shown(run.All, "note"));
    }

    [Theory]
    [InlineData(PiiAction.Mask, "card 4111 11** **** 1111.", "ssn ***-**-****.")]
    [InlineData(PiiAction.Remove, "card .", "ssn .")]
    [InlineData(PiiAction.Redact, "card <CREDIT_CARD>.", "ssn <SSN>.")]
    public void Does_what_the_action_says(PiiAction action, string card, string ssn)
    {
        var run = Run(new() { Action = action }, "card 4111 1111 1111 1111.", "ssn 536-90-4399.");

        Assert.Equal([card, ssn], DirtyTable.Shown(run.All, "note"));
    }

    [Fact]
    public void A_cell_that_held_nothing_else_becomes_missing() =>
        Assert.Equal([null], DirtyTable.Shown(Run(new() { Action = PiiAction.Remove }, "ann@example.com").All, "note"));

    [Fact]
    public void Masking_twice_is_masking_once()
    {
        var options = new PiiDetection.Options { Action = PiiAction.Mask };
        var once = StepRunner.Run(new PiiDetection(options), PersonalTable.Of(45));

        var twice = StepRunner.Run(new PiiDetection(options), once.All);

        Assert.Equal(DirtyTable.Shown(once.All, "note"), DirtyTable.Shown(twice.All, "note"));
        Assert.Equal(DirtyTable.Shown(once.All, "email"), DirtyTable.Shown(twice.All, "email"));
    }

    [Fact]
    public void Encryption_is_reversible_and_only_with_its_key()
    {
        var table = PersonalTable.Of(45);
        var hidden = StepRunner.Run(new PiiDetection(new() { Columns = ["note", "email"], Action = PiiAction.Encrypt, Key = key }), table);
        Assert.DoesNotContain(DirtyTable.Shown(hidden.All, "email"), cell => cell?.Contains('@') == true);

        var back = StepRunner.Run(new PiiDecrypt(new() { Key = key }), hidden.All);
        var other = StepRunner.Run(new PiiDecrypt(new() { Key = "file:" + PersonalTable.File("another secret of many bytes") }), hidden.All);

        Assert.Equal(DirtyTable.Shown(table, "note"), DirtyTable.Shown(back.All, "note"));
        Assert.Equal(DirtyTable.Shown(table, "email"), DirtyTable.Shown(back.All, "email"));
        Assert.Equal(DirtyTable.Shown(hidden.All, "email"), DirtyTable.Shown(other.All, "email"));
        Assert.Contains(other.Verdicts[0].Rules, rule => rule.Reason == "not_decrypted");
    }

    [Theory]
    [InlineData(PiiAction.Pseudonym)]
    [InlineData(PiiAction.Hash)]
    public void The_same_person_has_the_same_name_in_every_column_and_run(PiiAction action)
    {
        var options = new PiiDetection.Options { Action = action, Key = key };
        var table = DirtyTable.Text(("a", ["ann@example.com", "bob@example.com"]), ("b", ["ANN@example.com", "ann@example.com"]));

        var (first, second) = (StepRunner.Run(new PiiDetection(options), table), StepRunner.Run(new PiiDetection(options), table.Slice(1, 2)));

        var (a, b) = (DirtyTable.Shown(first.All, "a").ToList(), DirtyTable.Shown(first.All, "b").ToList());
        Assert.Equal([a[0], a[0]], b);
        Assert.NotEqual(a[0], a[1]);
        Assert.Equal(a[1], DirtyTable.Shown(second.All, "a").Single());
    }

    [Fact]
    public void A_surrogate_has_the_form_of_the_value()
    {
        var run = Run(new() { Action = PiiAction.Surrogate, Key = key }, "4111 1111 1111 1111", "4111 1111 1111 1111", "ann@example.com", "536-90-4399");

        var made = DirtyTable.Shown(run.All, "note").ToList();
        Assert.Equal(made[0], made[1]);
        Assert.NotEqual("4111 1111 1111 1111", made[0]);
        Assert.Matches(@"^4\d{3} \d{4} \d{4} \d{4}$", made[0]);
        Assert.Single(Finding.In(made[0]!), found => found.Entity == "credit_card");
        Assert.EndsWith("@example.com", made[2]);
        Assert.Matches(@"^\d{3}-\d{2}-\d{4}$", made[3]);
    }

    [Fact]
    public void Numbers_of_a_column_that_holds_cards_become_missing_and_others_stay()
    {
        var run = StepRunner.Run(new PiiDetection(new() { Action = PiiAction.Mask }), PersonalTable.Of(40));

        Assert.Equal(40, run.All["card_number"].CountNulls());
        Assert.Equal(0, run.All["amount"].CountNulls());
        var report = new Fitted(run.Json).As<PiiReport>();
        Assert.Equal("credit_card", report.Columns.Single(c => c.Column == "card_number").Entity);
        Assert.Equal("restricted", report.Columns.Single(c => c.Column == "card_number").Sensitivity);
    }

    [Fact]
    public void Neither_report_nor_problems_hold_a_value_or_the_key()
    {
        var run = StepRunner.Run(Create(), Sample());
        var problems = StepRunner.Problems(new PiiDetection(new() { Action = PiiAction.Hash, Key = Secret }), Sample().Schema);
        var missing = Assert.Throws<DataException>(() => PiiKey.Read("env:SLUICE_NO_SUCH_KEY"));

        var told = Encoding.UTF8.GetString(run.Json) + string.Join(' ', problems) + missing.Message + string.Join(' ', run.Verdicts[0].Rules);
        foreach (var value in (string[])["4111", "ann", "536-90", "Haraldsson", Secret])
        {
            Assert.DoesNotContain(value, told, StringComparison.OrdinalIgnoreCase);
        }

        Assert.Contains(problems, problem => problem.StartsWith("key: The key is not a reference.", StringComparison.Ordinal));
        Assert.StartsWith("The key in 'env:SLUICE_NO_SUCH_KEY' has 0 bytes; expected at least 16.", missing.Message);
    }

    [Theory]
    [InlineData("000-12-3456", "ssn")]
    [InlineData("1234 5678 9012 3456", "credit_card")]
    [InlineData("a@b.c|m", "email")]
    [InlineData("1712345678", "phone")]
    [InlineData("999.999.999.999", "ip_address")]
    public void The_seed_patterns_find_what_they_always_found(string value, string entity)
    {
        Assert.Contains($"pii_{entity}", Reasons(value));
        Assert.Empty(Reasons("378282246310005"));
        Assert.Empty(Reasons("+44 20 7946 0958"));

        static IEnumerable<string> Reasons(string cell) => Run(new() { Detector = PiiDetector.SeedRegex }, cell).Verdicts[0].Rules.Select(rule => rule.Reason);
    }

    [Fact]
    public void Own_recognisers_are_found_beyond_the_first_plane_too()
    {
        var options = new PiiDetection.Options { Action = PiiAction.Redact, Recognisers = [new() { Entity = "employee_number", Pattern = "E-[0-9]{4}" }] };

        Assert.Equal(["😀é <EMPLOYEE_NUMBER>!"], DirtyTable.Shown(Run(options, "😀é E-1234!").All, "note"));
    }

    [Fact]
    public void Says_what_is_wrong_with_the_options()
    {
        var problems = StepRunner.Problems(
            new PiiDetection(new()
            {
                Action = PiiAction.Hash,
                Entities = ["emial"],
                Countries = ["zz"],
                Recognisers = [new() { Entity = "x", Pattern = "(?=a)" }, new() { Entity = "y", Pattern = "(" }],
            }),
            Sample().Schema);

        Assert.Equal(5, problems.Count);
        Assert.StartsWith("entities[0]: 'emial' is not a kind of personal data that is known. Did you mean 'email'?", problems[0]);
        Assert.StartsWith("countries[0]: 'zz' has no recognisers. There are: at, au,", problems[1]);
        Assert.StartsWith("recognisers[0].pattern: '(?=a)' uses look-around", problems[2]);
        Assert.StartsWith("recognisers[1].pattern: '(' is no regular expression", problems[3]);
        Assert.StartsWith("key: hash, encrypt, pseudonym and surrogate need a key.", problems[4]);
    }

    [Fact]
    public void Controls_name_what_is_left_and_refuse_on_demand()
    {
        var step = new PrivacyControls(new() { Packs = [ControlPack.PciDss], FailOn = [ControlPack.PciDss] });

        var run = StepRunner.Run(step, DirtyTable.Text(("note", ["4111 1111 1111 1111", "x"])));

        var report = new Fitted(run.Json).As<PrivacyControls.Report>();
        Assert.Equal(["not_met", "met"], report.Controls.Select(control => control.Status));
        Assert.Equal(["note: credit_card in 1 of 2 cells"], report.Controls[0].Evidence);
        Assert.StartsWith("privacy_controls: 1 controls are not met. 3.4 and 3.5 no readable card number: note: credit_card in 1 of 2 cells.", step.GateFailure(new Fitted(run.Json)));
        Assert.DoesNotContain("compliant", Encoding.UTF8.GetString(run.Json), StringComparison.OrdinalIgnoreCase);
    }
}
