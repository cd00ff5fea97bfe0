// One zone linked to every network. A module of its own, because Bicep has no loop within a loop for resources.

@description('Private DNS zone.')
param zoneName string

@description('Networks in which its names resolve.')
param networkIds array

@description('Tags of every resource.')
param tags object

resource zone 'Microsoft.Network/privateDnsZones@2024-06-01' existing = {
  name: zoneName
}

resource links 'Microsoft.Network/privateDnsZones/virtualNetworkLinks@2024-06-01' = [for (network, i) in networkIds: {
  parent: zone
  name: 'link-${i}'
  location: 'global'
  tags: tags
  properties: {
    registrationEnabled: false
    virtualNetwork: { id: network }
  }
}]
