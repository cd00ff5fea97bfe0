// Where logs, traces and metrics go, who is told, and the workbook that shows runs.

@description('Unique suffix of names.')
param token string

@description('Region.')
param location string

@description('Tags of every resource.')
param tags object

@description('Days that logs are kept.')
param retentionDays int

@description('Gigabytes a day; what exceeds it is dropped.')
param dailyCapGB int

@description('Who gets alerts by mail; empty: nobody.')
param alertEmail string

resource workspace 'Microsoft.OperationalInsights/workspaces@2025-02-01' = {
  name: 'log-${token}'
  location: location
  tags: tags
  properties: {
    sku: { name: 'PerGB2018' }
    retentionInDays: retentionDays
    workspaceCapping: { dailyQuotaGb: dailyCapGB }
    features: { disableLocalAuth: true }
  }
}

resource insights 'Microsoft.Insights/components@2020-02-02' = {
  name: 'appi-${token}'
  location: location
  tags: tags
  kind: 'web'
  properties: {
    Application_Type: 'web'
    WorkspaceResourceId: workspace.id
    // Telemetry is accepted from the app's identity only.
    DisableLocalAuth: true
  }
}

resource actionGroup 'Microsoft.Insights/actionGroups@2023-01-01' = {
  name: 'ag-${token}'
  location: 'global'
  tags: tags
  properties: {
    groupShortName: 'sluice'
    enabled: true
    emailReceivers: empty(alertEmail) ? [] : [
      { name: 'operators', emailAddress: alertEmail, useCommonAlertSchema: true }
    ]
  }
}

resource workbook 'Microsoft.Insights/workbooks@2023-06-01' = {
  name: guid(resourceGroup().id, 'sluice-runs')
  location: location
  tags: tags
  kind: 'shared'
  properties: {
    displayName: 'Sluice runs'
    category: 'workbook'
    sourceId: workspace.id
    serializedData: loadTextContent('../../infra/workbook.json')
  }
}

output workspaceId string = workspace.id
output insightsName string = insights.name
// It names an endpoint and authorises nothing, because local authentication is off.
output insightsConnection string = insights.properties.ConnectionString
output actionGroupId string = actionGroup.id
