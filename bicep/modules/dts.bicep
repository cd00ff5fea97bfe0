// The Durable Task Scheduler: state of orchestrations, with a dashboard. What ended is purged by it.

@description('Unique suffix of names.')
param token string

@description('Region.')
param location string

@description('Tags of every resource.')
param tags object

@allowed(['Consumption', 'Dedicated'])
@description('Plan.')
param sku string

@description('Capacity units of the dedicated plan.')
param capacity int

@minLength(1)
@description('Addresses that may reach it.')
param allowedAddresses array

@description('Whether it is reached through a private endpoint only.')
param isPrivate bool

resource scheduler 'Microsoft.DurableTask/schedulers@2026-02-01' = {
  name: 'dts-${token}'
  location: location
  tags: tags
  properties: {
    ipAllowlist: allowedAddresses
    publicNetworkAccess: isPrivate ? 'Disabled' : 'Enabled'
    sku: sku == 'Dedicated' ? { name: sku, capacity: capacity } : { name: sku }
  }
}

resource hub 'Microsoft.DurableTask/schedulers/taskHubs@2026-02-01' = {
  parent: scheduler
  name: 'sluice'
}

// The consumption plan keeps at most 30 days.
resource retention 'Microsoft.DurableTask/schedulers/retentionPolicies@2026-02-01' = {
  parent: scheduler
  name: 'default'
  properties: {
    retentionPolicies: [
      { orchestrationState: 'Completed', retentionPeriodInDays: 14 }
      { orchestrationState: 'Failed', retentionPeriodInDays: 30 }
      { orchestrationState: 'Terminated', retentionPeriodInDays: 30 }
      { orchestrationState: 'Canceled', retentionPeriodInDays: 30 }
    ]
  }
}

output id string = scheduler.id
output name string = scheduler.name
output endpoint string = scheduler.properties.endpoint
output taskHubName string = hub.name
