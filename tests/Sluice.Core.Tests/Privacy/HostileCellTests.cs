using System.Text;
using Sluice.Privacy;

namespace Sluice.Core.Tests.Privacy;

/// <summary>Cells that were made to break a scanner: nothing throws, and every span lies in its cell.</summary>
public sealed class HostileCellTests
{
    public static TheoryData<string> Units =>
        ["a", "1", "@", ":", ".", "-", "(", "+1 ", "1.", "1-", "a@a.", "http://", "eyJ-", "A1", "ab cd ", "John Smith ", "12 Main Street, ", "\u0000", "é", "中", "😀", "1 ", "00:", "enc1:"];

    [Theory]
    [MemberData(nameof(Units))]
    public void A_megabyte_of_anything_is_scanned(string unit)
    {
        var text = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(unit, 1_000_000 / Encoding.UTF8.GetByteCount(unit))));

        CheckSpans(text);
    }

    [Fact]
    public void Bytes_that_are_no_text_are_scanned()
    {
        const int seed = 771;
        var random = new Random(seed);
        for (var round = 0; round < 500; round++)
        {
            var text = new byte[random.Next(200)];
            random.NextBytes(text);
            CheckSpans(text);
        }
    }

    [Fact]
    public void Every_plane_of_unicode_is_scanned()
    {
        var text = new StringBuilder();
        for (var plane = 0; plane <= 16; plane++)
        {
            for (var i = 0x20; i < 0xFFFE; i += 251)
            {
                var value = (plane << 16) + i;
                text.Append(Rune.IsValid(value) ? new Rune(value).ToString() : " ").Append(i % 2 == 0 ? " 536-90-4399 " : " Ann Lee ");
            }
        }

        CheckSpans(Encoding.UTF8.GetBytes(text.ToString()));
    }

    [Fact]
    public void Finding_anything_is_finding_something()
    {
        const int seed = 772;
        string[] parts =
        [
            "a", "1", "@", ":", ".", "-", "(", "+1 ", "1.", "a@a.", "http://", "eyJ-", "A1", "John Smith", "中", "😀", "ann@example.org", "+44 20 7946 0958", "536-90-4399", "4111 1111 1111 1111", "DE89 3704 0044 0532 0130 00", "192.168.0.1", "born 1984-03-09", "phone",
            "DEUTDEFF500", "xoxb-", "passport C01X00T47", "www.example.org", "2001:db8::1", "wants refund changed card", "AKIA", "0x", "12/3",
        ];
        PiiScope[] scopes =
        [
            PiiScope.Default, new() { MinConfidence = 0 }, new() { Patterns = SeedPatterns.All }, new() { BuiltIn = false, Patterns = SeedPatterns.All },
            new() { Entities = PiiScanner.Entities.Except(["person", "location", "organization", "address", "date", "url", "domain"]).ToHashSet() },
            new() { Entities = new HashSet<string> { "phone" }, Allow = new HashSet<string> { "+44 20 7946 0958" } },
        ];
        var (random, found) = (new Random(seed), 0);
        for (var round = 0; round < 6_000; round++)
        {
            var text = Encoding.UTF8.GetBytes(string.Join(random.Next(3) switch { 0 => " ", 1 => ", ", _ => "" }, Enumerable.Range(0, random.Next(1, 6)).Select(_ => parts[random.Next(parts.Length)])));
            var (scope, column, spans) = (scopes[round % scopes.Length], new ColumnContext(round % 5 == 0 ? "phone" : "note"), new List<PiiSpan>());
            var scanner = new PiiScanner(scope);
            scanner.Scan(text, column, spans);
            var any = spans.Count > 0;
            found += any ? 1 : 0;

            Assert.True(any == scanner.FindsAny(text, column, []), $"seed {seed}, round {round}: {Encoding.UTF8.GetString(text)}");
        }

        Assert.InRange(found, 1_000, 5_500);
    }

    static void CheckSpans(byte[] text)
    {
        var spans = new List<PiiSpan>();
        var scope = new PiiScope { MinConfidence = 0, Patterns = SeedPatterns.All };

        new PiiScanner(scope).Scan(text, ColumnContext.None, spans);

        var end = 0;
        foreach (var span in spans)
        {
            Assert.True(span.Start >= end && span.End > span.Start && span.End <= text.Length, $"{span} after {end} of {text.Length}");
            end = span.End;
        }
    }
}
