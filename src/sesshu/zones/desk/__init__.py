"""The call centre's zone: cases and blind matches. (コールセンター)"""
