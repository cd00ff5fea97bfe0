namespace Sluice.Batches;

/// <summary>The only thing about a batch that travels: about 200 bytes. The file it names never changes.</summary>
/// <param name="Path">Path in the object store; a function of the content.</param>
/// <param name="SchemaId">Short hash of the schema.</param>
/// <param name="Rows">Rows in the file.</param>
/// <param name="Bytes">Size of the file.</param>
/// <param name="Sha256">Hash of the file, lower-case hex.</param>
public sealed record BatchRef(string Path, string SchemaId, int Rows, long Bytes, string Sha256);
