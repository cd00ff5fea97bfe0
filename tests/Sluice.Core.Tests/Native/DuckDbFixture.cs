using Sluice.Native;

namespace Sluice.Core.Tests.Native;

/// <summary>A database and a folder that both go away with the test.</summary>
public abstract class DuckDbFixture : IDisposable
{
    private protected readonly DuckDb database;
    private protected readonly DuckDbConnection connection;

    protected DuckDbFixture()
    {
        Folder = Directory.CreateTempSubdirectory("sluice-native-").FullName;
        database = new DuckDb(new DuckDbOptions { Threads = 2, TempFolder = Path.Combine(Folder, "spill") });
        connection = database.Connect();
    }

    protected string Folder { get; }

    protected string InFolder(string name) => Path.Combine(Folder, name);

    public void Dispose()
    {
        connection.Dispose();
        database.Dispose();
        Directory.Delete(Folder, recursive: true);
        GC.SuppressFinalize(this);
    }

    private protected static string Text(DuckDbString text) => System.Text.Encoding.UTF8.GetString(text.Bytes);

    private protected List<T> Column<T>(string sql) where T : unmanaged
    {
        var values = new List<T>();
        using var reader = connection.Query(sql);
        while (reader.Read())
        {
            values.AddRange(reader.Values<T>(0));
        }
        return values;
    }

    private protected List<string?> Texts(string sql, params Action<DuckDbStatement>[] binds)
    {
        var values = new List<string?>();
        using var statement = connection.Prepare(sql);
        foreach (var bind in binds)
        {
            bind(statement);
        }
        using var reader = statement.Query();
        while (reader.Read())
        {
            var validity = reader.Validity(0);
            for (var row = 0; row < reader.RowCount; row++)
            {
                values.Add(DuckDbReader.IsValid(validity, row) ? Text(reader.Values<DuckDbString>(0)[row]) : null);
            }
        }
        return values;
    }
}
