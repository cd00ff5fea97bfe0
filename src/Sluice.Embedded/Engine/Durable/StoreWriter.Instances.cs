using System.Diagnostics.CodeAnalysis;

namespace Sluice.Embedded.Durable;

/// <content>Rows of Instances and History.</content>
sealed partial class StoreWriter
{
    Statement findInstance = null!;
    Statement insertInstance = null!;
    Statement updateInstance = null!;
    Statement deleteInstance = null!;
    Statement children = null!;
    Statement readHistory = null!;
    Statement appendHistory = null!;
    Statement deleteHistory = null!;

    [MemberNotNull(nameof(findInstance))]
    void PrepareInstances()
    {
        findInstance = Prepare($"SELECT {Rows.InstanceColumns} FROM Instances WHERE id = $0");
        insertInstance = Prepare(
            $"INSERT INTO Instances ({Rows.InstanceColumns}, parent_id) VALUES ($0, $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, "
                + "$15)");
        updateInstance = Prepare(
            """
            UPDATE Instances SET execution_id = $1, name = $2, version = $3, status = $4, created = $5, updated = $6, completed = $7,
            input = $8, output = $9, custom_status = $10, failure = $11, parent = $12, tags = $13, trace_parent = $14, parent_id = $15 WHERE id = $0
            """);
        deleteInstance = Prepare("DELETE FROM Instances WHERE id = $0");
        children = Prepare($"SELECT {Rows.InstanceColumns} FROM Instances WHERE parent_id = $0");
        readHistory = Prepare($"SELECT {Rows.EventColumns} FROM History WHERE instance = $0 ORDER BY seq");
        appendHistory = Prepare(
            $"INSERT INTO History (instance, seq, {Rows.EventColumns}) VALUES ($0, $1, $2, $3, $4, $5, $6, $7, $8)");
        deleteHistory = Prepare("DELETE FROM History WHERE instance = $0");
    }

    /// <summary>The row whose id equals the given one when case is ignored: ids that differ only by case are refused.</summary>
    public InstanceRow? Find(string id) => findInstance.Read(Rows.Instance, id);

    public void Insert(InstanceRow row) => Write(insertInstance, row);

    public void Update(InstanceRow row) => Write(updateInstance, row);

    public void AppendHistory(string id, int first, IReadOnlyList<HistoryEvent> events)
    {
        for (var i = 0; i < events.Count; i++)
        {
            var e = events[i];
            appendHistory.Execute(
                id, first + i, (int)e.Kind, e.Timestamp.Ticks, e.EventId, e.RelatedId, e.Name, e.Data, EventDetails.Write(e.Details));
        }
    }

    public List<HistoryEvent> History(string id) => readHistory.ReadAll(row => Rows.Event(row, 0), id);

    public void DeleteHistory(string id) => deleteHistory.Execute(id);

    public List<InstanceRow> ChildrenOf(string id) => children.ReadAll(Rows.Instance, id);

    public void Delete(string id)
    {
        deleteInstance.Execute(id);
        deleteHistory.Execute(id);
        DeleteMessagesOf(id);
        deleteTasksOf.Execute(id);
    }

    static void Write(Statement statement, InstanceRow row) => statement.Execute(
        row.Id, row.ExecutionId, row.Name, row.Version, (
            int)row.Status, row.Created.Ticks, row.Updated.Ticks, row.Completed?.Ticks, row.Input, row.Output,
        row.CustomStatus, row.Failure, Json(row.Parent), row.Tags, row.TraceParent, row.Parent?.InstanceId);
}
