using System.Text;
using Sluice.Core.Tests.Steps;

namespace Sluice.Core.Tests.SchemaDetection;

public sealed class RelationTests
{
    static readonly (string City, string State, string Country)[] places =
    [
        ("Graz", "Styria", "AT"), ("Leoben", "Styria", "AT"), ("Linz", "Upper Austria", "AT"), ("Wels", "Upper Austria", "AT"),
        ("Munich", "Bavaria", "DE"), ("Passau", "Bavaria", "DE"), ("Kassel", "Hesse", "DE"), ("Fulda", "Hesse", "DE"),
    ];

    [Fact]
    public void Finds_a_hierarchy_and_what_decides_what()
    {
        var random = new Random(7);
        var rows = Enumerable.Range(0, 200).Select(i => (Id: i, Place: places[random.Next(places.Length)])).ToList();
        var batch = DirtyTable.Text(
            ("id", [.. rows.Select(r => $"{r.Id}")]), ("country", [.. rows.Select(r => r.Place.Country)]), ("city", [.. rows.Select(r => r.Place.City)]),
            ("state", [.. rows.Select(r => r.Place.State)]), ("noise", [.. rows.Select(_ => $"{random.Next(3)}")]));

        var schema = Detection.Of(batch);

        Assert.Equal(["city → state", "city → country", "state → country"], schema.Dependencies.OrderBy(d => d.To == "country").ThenBy(d => d.From[0]).Select(d => $"{d.From[0]} → {d.To}"));
        Assert.All(schema.Dependencies, d => Assert.True(d is { Error: 0, Verified: true, From.Count: 1 }));
        Assert.Equal(["city", "state", "country"], Assert.Single(schema.Hierarchies).Levels);
        Assert.Equal(["id"], Assert.Single(schema.Keys).Columns);
    }

    [Fact]
    public async Task States_the_error_of_a_dependency_that_some_rows_break_over_all_rows()
    {
        var random = new Random(7);
        var text = new StringBuilder("id,city,state\n");
        for (var i = 0; i < 5_000; i++)
        {
            var place = places[random.Next(places.Length)];
            text.Append($"{i},{place.City},{(i % 250 == 0 ? "Elsewhere" : place.State)}\n");
        }

        var schema = await Detection.OfFileAsync(text.ToString());

        var dependency = Assert.Single(schema.Dependencies, d => d.From is ["city"] && d.To == "state");
        Assert.Equal((true, 20 / 5_000.0), (dependency.Verified, dependency.Error));
    }

    [Fact]
    public async Task Finds_the_smallest_key_of_several_columns()
    {
        var text = new StringBuilder("store,day,till,total\n");
        for (var i = 0; i < 600; i++)
        {
            text.Append($"{i % 10},{(i / 10) % 20},{i / 200},{(i * 7919) % 50}\n");
        }

        var schema = await Detection.OfFileAsync(text.ToString());

        var key = schema.Keys[0];
        Assert.Equal((true, "day store till"), (key.Verified, string.Join(' ', key.Columns.Order())));
        Assert.DoesNotContain(schema.Keys, k => k.Columns.Count > 3 || (k != key && key.Columns.All(k.Columns.Contains)));
    }

    [Fact]
    public async Task A_column_that_is_unique_but_for_one_row_is_no_key()
    {
        var text = new StringBuilder("id,name\n");
        for (var i = 0; i < 5_000; i++)
        {
            text.Append($"{(i == 4_321 ? 17 : i)},n{i}\n");
        }

        var schema = await Detection.OfFileAsync(text.ToString());

        Assert.Equal(["name"], Assert.Single(schema.Keys).Columns);
    }

    [Fact]
    public async Task Finds_references_between_files_and_within_one()
    {
        var found = await Detection.OfFilesAsync(
            ("customers", "id,name\n" + string.Concat(Enumerable.Range(100, 50).Select(i => $"{i},Customer{i}\n"))),
            ("orders", "order_id,customer_id,lines\n" + string.Concat(Enumerable.Range(0, 300).Select(i => $"{i},{100 + (i % 50)},{i % 7}\n")) + "300,999,1\n"),
            ("employees", "id,manager_id\n1,\n" + string.Concat(Enumerable.Range(2, 30).Select(i => $"{i},{i / 2}\n"))));

        Assert.Equal(
            ["employees.manager_id → employees.id", "orders.customer_id → customers.id"],
            found.ForeignKeys.Select(f => $"{f.Table}.{f.Column} → {f.ReferencesTable}.{f.ReferencesColumn}").Order(StringComparer.Ordinal));
        var orders = found.ForeignKeys.Single(f => f.Table == "orders");
        Assert.Equal((true, 1L), (orders.Verified, orders.Missing));
        Assert.Equal(300 / 301.0, orders.Included, 5);
    }

    [Fact]
    public async Task Small_numbers_that_happen_to_be_in_a_key_are_no_reference()
    {
        var found = await Detection.OfFilesAsync(
            ("products", "id,label\n" + string.Concat(Enumerable.Range(0, 100).Select(i => $"{i},p{i}\n"))),
            ("weather", "station,wind,rain\n" + string.Concat(Enumerable.Range(0, 90).Select(i => $"s{i},{i % 30},{i % 12}\n"))));

        Assert.Empty(found.ForeignKeys);
    }

    [Fact]
    public async Task Duplicate_rows_are_counted_over_all_rows()
    {
        var rows = string.Concat(Enumerable.Range(0, 5_000).Select(i => $"{i},v{i % 40}\n"));

        var schema = await Detection.OfFileAsync("a,b\n" + rows + rows[..rows.IndexOf("10,", StringComparison.Ordinal)]);

        Assert.Equal((10L, false), schema.Issues.Where(i => i.Kind == "duplicate_rows").Select(i => (i.Count, i.Estimated)).Single());
    }
}
