// What somebody must look at. Each rule is a query over the workspace; Durable's span names are the same in both flavours of the app.

@description('Unique suffix of names.')
param token string

@description('Region.')
param location string

@description('Tags of every resource.')
param tags object

@description('Workspace that is asked.')
param workspaceId string

@description('Who is told.')
param actionGroupId string

@description('Event topic of the data account.')
param topicId string

// An alert fires when its query gives a row.
var rules = [
  {
    name: 'run-failed'
    title: 'A run failed'
    severity: 2
    every: 'PT5M'
    window: 'PT15M'
    query: 'AppRequests | where (Name startswith "orchestration:RunPipeline" or Name startswith "orchestration:RunGraph") and Success == false'
  }
  {
    name: 'no-run-completed'
    title: 'No run has completed for a day'
    severity: 3
    every: 'PT1H'
    window: 'P1D'
    query: 'AppRequests | where Name startswith "orchestration:RunPipeline" and Success == true | summarize completed = count() | where completed == 0'
  }
  {
    name: 'run-waits'
    title: 'A run was asked for half an hour ago and nothing of it has begun'
    severity: 2
    every: 'PT15M'
    window: 'PT2H'
    query: 'AppDependencies | where Name startswith "create_orchestration:RunPipeline" and TimeGenerated < ago(30m) | extend run = tostring(Properties["durabletask.task.instance_id"]) | join kind=leftanti (AppRequests | where Name startswith "activity:" | extend run = tostring(Properties["durabletask.task.instance_id"])) on run'
  }
  {
    name: 'upload-poisoned'
    title: 'An upload was tried five times and put aside'
    severity: 2
    every: 'PT5M'
    window: 'PT15M'
    query: 'StorageQueueLogs | where OperationName == "PutMessage" and Uri has "webjobs-blobtrigger-poison"'
  }
]

resource queryAlerts 'Microsoft.Insights/scheduledQueryRules@2023-12-01' = [for rule in rules: {
  name: 'alert-${rule.name}-${token}'
  location: location
  tags: tags
  kind: 'LogAlert'
  properties: {
    displayName: rule.title
    severity: rule.severity
    enabled: true
    scopes: [workspaceId]
    evaluationFrequency: rule.every
    windowSize: rule.window
    // A table exists only after its first row, so a query can be right and still refused on the first day.
    skipQueryValidation: true
    criteria: {
      allOf: [
        {
          query: rule.query
          timeAggregation: 'Count'
          operator: 'GreaterThan'
          threshold: 0
          failingPeriods: { numberOfEvaluationPeriods: 1, minFailingPeriodsToAlert: 1 }
        }
      ]
    }
    autoMitigate: true
    actions: { actionGroups: [actionGroupId] }
  }
}]

resource deadLetters 'Microsoft.Insights/metricAlerts@2018-03-01' = {
  name: 'alert-dead-letters-${token}'
  location: 'global'
  tags: tags
  properties: {
    description: 'An upload\'s event could not be delivered and is in the container dead-letters.'
    severity: 2
    enabled: true
    scopes: [topicId]
    evaluationFrequency: 'PT5M'
    windowSize: 'PT15M'
    criteria: {
      'odata.type': 'Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria'
      allOf: [
        {
          criterionType: 'StaticThresholdCriterion'
          name: 'dead-letters'
          metricNamespace: 'Microsoft.EventGrid/systemTopics'
          metricName: 'DeadLetteredCount'
          timeAggregation: 'Total'
          operator: 'GreaterThan'
          threshold: 0
        }
      ]
    }
    actions: [{ actionGroupId: actionGroupId }]
  }
}
