using System.ComponentModel.DataAnnotations;

namespace Sluice.Functions.Schemas;

/// <summary>Settings of kept schemas, section <c>Sluice:SchemaCache</c>.</summary>
public sealed class SchemaCacheOptions
{
    public const string Section = "Sluice:SchemaCache";

    /// <summary>Address of a Redis server that keeps schemas besides the memory: host:port,password=…,ssl=true, or rediss://user:password@host:port/0. Never logged. Default none.</summary>
    public string Redis { get; set; } = "";

    /// <summary>How long the server keeps a schema. Default 7 days.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "365.00:00:00")]
    public TimeSpan Expiry { get; set; } = TimeSpan.FromDays(7);
}
