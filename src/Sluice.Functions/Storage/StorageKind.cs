namespace Sluice.Functions.Storage;

/// <summary>Where data and the ledger lie.</summary>
public enum StorageKind
{
    /// <summary>A folder and a SQLite file on this machine.</summary>
    Local,

    /// <summary>A container and a table of an Azure Storage account, or of Azurite.</summary>
    Azure,
}
