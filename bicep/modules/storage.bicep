// A storage account without keys: every access is by identity. Used twice, for the host and for data.

@minLength(3)
@maxLength(24)
@description('Name of the account.')
param name string

@description('Region.')
param location string

@description('Tags of every resource.')
param tags object

@description('Blob containers to create.')
param containers array

@description('Whether overwritten blobs are kept as versions.')
param isVersioned bool = false

@description('Days that deleted blobs and containers can be brought back.')
param softDeleteDays int = 7

@description('Rules { name, prefixes, coolAfterDays, deleteAfterDays }; 0 days: never.')
param lifecycleRules array = []

@description('Whether the account is closed to the internet. Services of Azure that are trusted, Event Grid among them, still reach it.')
param isPrivate bool

@description('Workspace for the queue log, which alerts look at.')
param workspaceId string

resource account 'Microsoft.Storage/storageAccounts@2025-01-01' = {
  name: name
  location: location
  tags: tags
  kind: 'StorageV2'
  sku: { name: 'Standard_LRS' }
  properties: {
    accessTier: 'Hot'
    allowBlobPublicAccess: false
    allowSharedKeyAccess: false
    allowCrossTenantReplication: false
    defaultToOAuthAuthentication: true
    minimumTlsVersion: 'TLS1_2'
    supportsHttpsTrafficOnly: true
    networkAcls: {
      bypass: 'AzureServices'
      defaultAction: isPrivate ? 'Deny' : 'Allow'
    }
  }
}

resource blobs 'Microsoft.Storage/storageAccounts/blobServices@2025-01-01' = {
  parent: account
  name: 'default'
  properties: {
    isVersioningEnabled: isVersioned
    deleteRetentionPolicy: { enabled: true, days: softDeleteDays }
    containerDeleteRetentionPolicy: { enabled: true, days: softDeleteDays }
  }
}

resource blobContainers 'Microsoft.Storage/storageAccounts/blobServices/containers@2025-01-01' = [for container in containers: {
  parent: blobs
  name: container
  properties: { publicAccess: 'None' }
}]

resource lifecycle 'Microsoft.Storage/storageAccounts/managementPolicies@2025-01-01' = if (!empty(lifecycleRules)) {
  parent: account
  name: 'default'
  properties: {
    policy: {
      rules: [for rule in lifecycleRules: {
        name: rule.name
        enabled: true
        type: 'Lifecycle'
        definition: {
          filters: { blobTypes: ['blockBlob'], prefixMatch: rule.prefixes }
          actions: {
            baseBlob: union(
              rule.coolAfterDays > 0 ? { tierToCool: { daysAfterModificationGreaterThan: rule.coolAfterDays } } : {},
              rule.deleteAfterDays > 0 ? { delete: { daysAfterModificationGreaterThan: rule.deleteAfterDays } } : {})
          }
        }
      }]
    }
  }
}

resource queues 'Microsoft.Storage/storageAccounts/queueServices@2025-01-01' = {
  parent: account
  name: 'default'
}

// Poison messages of the blob trigger are writes to a queue; alerts.bicep counts them.
resource queueLog 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'queue-writes'
  scope: queues
  properties: {
    workspaceId: workspaceId
    logs: [{ category: 'StorageWrite', enabled: true }]
  }
}

output id string = account.id
output name string = account.name
output blobServiceUri string = account.properties.primaryEndpoints.blob
