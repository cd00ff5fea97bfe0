using System.Reflection;
using System.Text;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Extensions.Abstractions;

namespace Sluice.Embedded;

/// <summary>BlobTrigger on a watched folder.</summary>
sealed class BlobBinding(BlobTriggerAttribute attribute, BindingSources sources) : TriggerBinding
{
    static readonly Dictionary<Type, Func<BlobEvent, CancellationToken, ValueTask<object?>>> readers = new()
    {
        [typeof(Stream)] = static (blob, _) => ValueTask.FromResult<object?>(blob.OpenRead()),
        [typeof(byte[])] = static async (blob, cancellation) => await File.ReadAllBytesAsync(blob.File, cancellation),
        [typeof(ReadOnlyMemory<byte>)] = static async (blob, cancellation) => (ReadOnlyMemory<byte>)await File.ReadAllBytesAsync(blob.File, cancellation),
        [typeof(BinaryData)] = static async (blob, cancellation) => new BinaryData(await File.ReadAllBytesAsync(blob.File, cancellation)),
        [typeof(string)] = static async (blob, cancellation) => await File.ReadAllTextAsync(blob.File, Encoding.UTF8, cancellation),
    };

    internal override string Type => "blobTrigger";

    internal override string TriggerTypes =>
        "Stream, string, byte[], ReadOnlyMemory<byte>, BinaryData (not Azure.Storage.Blobs clients: make one from BindingData[\"BlobTrigger\"])";

    internal override string OtherParameters => base.OtherParameters + ", and parts of the blob's path by name";

    internal BlobPattern Pattern { get; } = BlobPattern.Parse(sources.Settings.Resolve(attribute.BlobPath));

    internal override ParameterBinder? BindTrigger(ParameterInfo parameter) =>
        readers.TryGetValue(parameter.ParameterType, out var read) ? i => read((BlobEvent)i.Trigger, i.CancellationToken) : null;

    internal override ParameterBinder? BindOther(ParameterInfo parameter) =>
        Pattern.Names.Contains(parameter.Name!, StringComparer.OrdinalIgnoreCase) && !parameter.IsDefined(typeof(BindingAttribute))
            ? TextBinder.For(parameter) : null;
}
