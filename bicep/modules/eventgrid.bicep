// Events of the data account. The subscription comes after the first deployment of code (subscription.bicep), because the webhook's key
// exists only then.

@description('Unique suffix of names.')
param token string

@description('Region; that of the storage account.')
param location string

@description('Tags of every resource.')
param tags object

@description('Storage account whose events they are.')
param storageId string

@description('Identity that writes what could not be delivered.')
param identityId string

@description('Workspace for the log of failed deliveries.')
param workspaceId string

resource topic 'Microsoft.EventGrid/systemTopics@2025-02-15' = {
  name: 'evgt-${token}'
  location: location
  tags: tags
  identity: { type: 'UserAssigned', userAssignedIdentities: { '${identityId}': {} } }
  properties: {
    source: storageId
    topicType: 'Microsoft.Storage.StorageAccounts'
  }
}

resource failures 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'delivery-failures'
  scope: topic
  properties: {
    workspaceId: workspaceId
    logs: [{ category: 'DeliveryFailures', enabled: true }]
  }
}

output id string = topic.id
output name string = topic.name
